/** What a team's own jar registers, as the CDK app meets it. */
@NullMarked
package com.example.extensions;

import org.jspecify.annotations.NullMarked;

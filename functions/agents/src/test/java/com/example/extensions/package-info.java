/** What a team adds from its own jar: one type and one registration each. */
@NullMarked
package com.example.extensions;

import org.jspecify.annotations.NullMarked;

/** The sample of docs/your-project.md: an agent, and the processor that it has work done by. */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.mekiki.milvus.server;

import org.jspecify.annotations.NullMarked;

/**
 * A real Milvus server to run tests and benchmarks against; {@link dev.mekiki.milvus.server.MilvusServer} is where to
 * begin. Which one it is depends on the machine: the one that the environment names, a container, or a binary.
 */
@NullMarked
package dev.mekiki.milvus.server;

import org.jspecify.annotations.NullMarked;

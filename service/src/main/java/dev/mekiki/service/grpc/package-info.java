/**
 * {@code mekiki.v1} and the Open Inference Protocol over gRPC: reads requests into the domain's words, and turns answers and failures into messages
 * and statuses. {@link dev.mekiki.service.grpc.ServerSetup} puts it into the server.
 */
@NullMarked
package dev.mekiki.service.grpc;

import org.jspecify.annotations.NullMarked;

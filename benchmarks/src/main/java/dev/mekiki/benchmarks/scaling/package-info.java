/**
 * What an autoscaler makes of a load, without a cluster: {@link dev.mekiki.benchmarks.scaling.ScalingBenchmark} simulates
 * replicas of the service, with service times that it measures, under Kubernetes' HorizontalPodAutoscaler.
 */
@NullMarked
package dev.mekiki.benchmarks.scaling;

import org.jspecify.annotations.NullMarked;

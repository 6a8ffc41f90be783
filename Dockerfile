# The image of the service. For processors:  docker build --target cpu --tag mekiki .
# For NVIDIA's GPUs:                          docker build --target gpu --tag mekiki:gpu .
#
# Other bases by --build-arg: they need glibc, libgcc and libstdc++, for GPUs also CUDA 12 and cuDNN 9, for TensorRT also
# that; no shell.

ARG MAVEN=maven:3.9.11-eclipse-temurin-25-noble
ARG CPU_BASE=ubuntu:24.04
ARG GPU_BASE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04

FROM ${MAVEN} AS build
# What the service needs of Java, and jcmd, which tells an operator what a process does. Scanners read in the file
# "release" whose Java it is, and which.
RUN "$JAVA_HOME/bin/jlink" --output /opt/java --no-header-files --no-man-pages --generate-cds-archive \
    --release-info "$JAVA_HOME/release" \
    --add-modules java.se,jdk.incubator.vector,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.jfr,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests -Dspotless.check.skip=true -pl service -am package
RUN docker/lay-out /opt/mekiki && docker/train-aot /opt/mekiki /opt/java

FROM build AS build-gpu
# ONNX Runtime's libraries for GPUs, of the version that the service is built with.
RUN --mount=type=cache,target=/root/.m2 \
    version="$(sed -n 's/.*<onnxruntime.version>\(.*\)<.*/\1/p' pom.xml)" \
    && mvn -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack -DoutputDirectory=/opt/unpacked \
        -Dartifact="com.microsoft.onnxruntime:onnxruntime_gpu:$version" \
        -Dmdep.unpack.includes='ai/onnxruntime/native/linux-x64/*' \
    && mv /opt/unpacked/ai/onnxruntime/native/linux-x64 /opt/onnxruntime \
    && echo "-Donnxruntime.native.path=/opt/onnxruntime" >> /opt/mekiki/jvm.options

FROM ${GPU_BASE} AS gpu
COPY --from=build /opt/java /opt/java
COPY --from=build-gpu /opt/onnxruntime /opt/onnxruntime
COPY --from=build-gpu /opt/mekiki /opt/mekiki
COPY --from=build-gpu --chown=10001:10001 /opt/empty /var/lib/mekiki
WORKDIR /opt/mekiki
USER 10001:10001
EXPOSE 9000 8080
VOLUME /var/lib/mekiki
ENTRYPOINT ["/opt/java/bin/java", "@/opt/mekiki/jvm.options", "-jar", "/opt/mekiki/quarkus-run.jar"]

# The last one, so that it is what is built if nothing else is said.
FROM ${CPU_BASE} AS cpu
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/mekiki /opt/mekiki
COPY --from=build --chown=10001:10001 /opt/empty /var/lib/mekiki
WORKDIR /opt/mekiki
USER 10001:10001
EXPOSE 9000 8080
VOLUME /var/lib/mekiki
ENTRYPOINT ["/opt/java/bin/java", "@/opt/mekiki/jvm.options", "-jar", "/opt/mekiki/quarkus-run.jar"]

package dev.mekiki.milvus.server;

import java.io.IOException;
import java.nio.file.Path;

/** Starts a server as its child in the folder named, tells the number of its process and waits to be killed. */
final class ServerStarter {

    private ServerStarter() {}

    public static void main(String[] arguments) throws IOException {
        ProcessMilvus server =
                ProcessMilvus.start(MilvusBinary.ofUser(), Path.of(arguments[0]), MilvusSettings.forTests());
        System.out.println(server.process().orElseThrow().pid());
        System.out.flush();
        int ignored = System.in.read();
    }
}

// One node of OpenSearch for tests, from its jars: java -cp 'libs/*' OpenSearchNode.java HOME HTTP_PORT TRANSPORT_PORT

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

public class OpenSearchNode extends Node {
    private OpenSearchNode(Settings settings, Path config) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> "test"),
            List.of(transport()),
            false
        );
    }

    private static PluginInfo transport() {
        String name = Netty4ModulePlugin.class.getName();
        return new PluginInfo(name, "transport", "NA", Version.CURRENT, "21", name, null, List.of(), false);
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Settings settings = Settings.builder()
            .put("path.home", home.toString())
            .put("cluster.name", "mutoscope-tests")
            .put("node.name", "test")
            .put("http.port", arguments[1])
            .put("transport.port", arguments[2])
            .put("network.host", "127.0.0.1")
            .put("discovery.type", "single-node")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("node.store.allow_mmap", false)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        new OpenSearchNode(settings, home.resolve("config")).start();
        new CountDownLatch(1).await();
    }
}

import java.io.IOError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;

/**
 * Starts an OpenSearch node whose modules lie on the class path: {@code java -cp ... Launcher HOME},
 * where HOME/config/opensearch.yml holds the settings.
 *
 * <p>The launcher of the distribution wants each module in a folder with a descriptor and a security
 * policy, which Maven's jars lack. A node takes modules directly, and is otherwise the same server.
 */
public final class Launcher extends Node {
  /** Since version 3 the modules are named so, and described instead of given as classes. */
  private static final boolean DESCRIBED = Version.CURRENT.major >= 3;

  private static final List<String> MODULES =
      List.of(
          "org.opensearch.transport.Netty4",
          "org.opensearch.analysis.common.CommonAnalysis",
          "org.opensearch.index.mapper.MapperExtras",
          "org.opensearch.painless.Painless",
          "org.opensearch.index.reindex.Reindex",
          "org.opensearch.ingest.common.IngestCommon");

  // Raw: what is in the collection depends on the version, the constructor otherwise does not.
  @SuppressWarnings({"rawtypes", "unchecked"})
  private Launcher(Environment environment, Collection modules) {
    super(environment, modules, true);
  }

  public static void main(String[] args) {
    Thread.setDefaultUncaughtExceptionHandler(Launcher::uncaught);
    try {
      Node node = new Launcher(environment(Path.of(args[0])), modules());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
      node.start();
      // The node's own threads are daemons.
      new CountDownLatch(1).await();
    } catch (Throwable e) {
      e.printStackTrace();
      // The threads of a half started node would keep the process alive.
      System.exit(1);
    }
  }

  private static Environment environment(Path home) {
    Settings settings = Settings.builder().put("path.home", home).build();
    return InternalSettingsPreparer.prepareEnvironment(
        settings, Map.of(), home.resolve("config"), () -> "node-1");
  }

  private static Collection<Object> modules() throws ClassNotFoundException {
    Collection<Object> modules = new ArrayList<>();
    for (String name : MODULES) {
      modules.add(
          DESCRIBED
              ? describe(name + "ModulePlugin")
              : Class.forName(name + "Plugin").asSubclass(Plugin.class));
    }
    return modules;
  }

  private static PluginInfo describe(String name) {
    return new PluginInfo(name, "", "NA", Version.CURRENT, "21", name, null, List.of(), false);
  }

  /** As the distribution does: a node with a dead thread answers nothing, and is worse than none. */
  private static void uncaught(Thread thread, Throwable e) {
    System.err.println("ERROR in " + thread.getName());
    e.printStackTrace();
    if (e instanceof VirtualMachineError || e instanceof IOError) {
      Runtime.getRuntime().halt(1);
    }
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }
}

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does the same steps as the other drivers, and writes one line of JSON for each. */
public final class Drive {
  public static void main(String[] words) throws Exception {
    TokenClient client = new TokenClient(URI.create(words[0]), () -> read(words[1]));
    ExecutorService pool = Executors.newFixedThreadPool(20);
    List<Callable<String>> calls = new ArrayList<>();
    for (int caller = 0; caller < 20; caller++) calls.add(() -> get(client, "t-1"));
    Set<String> found = new TreeSet<>();
    for (Future<String> one : pool.invokeAll(calls)) found.add(one.get());
    pool.shutdown();
    tell(found.toArray(String[]::new));
    tell(get(client, "t-2"));
    new BufferedReader(new InputStreamReader(System.in)).readLine();
    tell(get(client, "t-3"));
    tell(get(client, "t-1"));
    try {
      tell(get(client, "other"));
    } catch (TokenClient.Refused refused) {
      tell("refused", refused.getMessage());
    }
  }

  private static String get(TokenClient client, String tenant) throws Exception {
    return client.get(List.of("orders/read"), Map.of("tenant", tenant));
  }

  private static TokenClient.Credentials read(String file) {
    try {
      String text = Files.readString(Path.of(file));
      return new TokenClient.Credentials(member(text, "client_id"), member(text, "client_secret"));
    } catch (java.io.IOException error) {
      throw new java.io.UncheckedIOException(error);
    }
  }

  private static String member(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static void tell(String... texts) {
    List<String> quoted = new ArrayList<>();
    for (String text : texts) quoted.add("\"" + text.replace("\"", "\\\"") + "\"");
    System.out.println("[" + String.join(",", quoted) + "]");
  }
}

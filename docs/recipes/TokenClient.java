import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Keeps the access tokens of one app client. Java 17, no dependency; one object for each process. */
public final class TokenClient {
  /** What the secret holds. */
  public record Credentials(String clientId, String clientSecret) {}

  /** A refusal, which is not worth another request. */
  public static final class Refused extends RuntimeException {
    Refused(String error) {
      super(error);
    }
  }

  private static final class Entry {
    String token;
    long renewAtNanos;
    long expireAtNanos;
  }

  private record Answer(String token, long seconds) {}

  private final URI tokenEndpoint;
  private final Supplier<Credentials> readCredentials;
  // A token endpoint needs no upgrade to HTTP/2.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private volatile Credentials credentials;

  public TokenClient(URI tokenEndpoint, Supplier<Credentials> readCredentials) {
    this.tokenEndpoint = tokenEndpoint;
    this.readCredentials = readCredentials;
  }

  /** Returns a token for scopes and metadata. */
  public String get(List<String> scopes, Map<String, String> metadata) throws IOException, InterruptedException {
    // Metadata is part of the key: a tenant never receives the token of another one.
    String key = new TreeSet<>(scopes) + toJson(new TreeMap<>(metadata));
    Entry entry = entries.computeIfAbsent(key, (unused) -> new Entry());
    synchronized (entry) { // One request at a time for each key.
      long now = System.nanoTime();
      if (entry.token != null && now - entry.renewAtNanos < 0) return entry.token;
      try {
        Answer answer = request(scopes, metadata, false);
        long life = Duration.ofSeconds(answer.seconds()).toNanos();
        entry.token = answer.token();
        entry.renewAtNanos = now + life / 4 * 3;
        entry.expireAtNanos = now + life - Duration.ofSeconds(5).toNanos();
      } catch (IOException error) {
        // The old token serves while the endpoint is down.
        if (entry.token == null || now - entry.expireAtNanos >= 0) throw error;
      }
      return entry.token;
    }
  }

  private Answer request(List<String> scopes, Map<String, String> metadata, boolean isSecond)
      throws IOException, InterruptedException {
    if (credentials == null || isSecond) credentials = readCredentials.get();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("client_id", credentials.clientId());
    form.put("client_secret", credentials.clientSecret());
    if (!scopes.isEmpty()) form.put("scope", String.join(" ", scopes));
    if (!metadata.isEmpty()) form.put("aws_client_metadata", toJson(metadata));
    HttpRequest request =
        HttpRequest.newBuilder(tokenEndpoint)
            .timeout(Duration.ofSeconds(10))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encode(form)))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    int status = response.statusCode();
    if (status >= 500 || status == 429) throw new IOException("status " + status);
    String error = find(response.body(), "\"error\"\\s*:\\s*\"([^\"]*)\"");
    // The secret was rotated: it is read again, once.
    if ("invalid_client".equals(error) && !isSecond) return request(scopes, metadata, true);
    if (status != 200) throw new Refused(error);
    String token = find(response.body(), "\"access_token\"\\s*:\\s*\"([^\"]+)\"");
    return new Answer(token, Long.parseLong(find(response.body(), "\"expires_in\"\\s*:\\s*(\\d+)")));
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map((field) -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String toJson(Map<String, String> texts) {
    List<String> members = new ArrayList<>();
    texts.forEach((name, value) -> members.add(quote(name) + ":" + quote(value)));
    return "{" + String.join(",", members) + "}";
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String find(String json, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(json);
    return matcher.find() ? matcher.group(1) : null;
  }
}

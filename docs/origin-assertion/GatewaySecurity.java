import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Spring Security (spring-boot-starter-oauth2-resource-server): the assertion is the bearer token. Whoever asks is the
 * principal, whose name is `sub`.
 */
@Configuration
@EnableWebSecurity
class GatewaySecurity {

  @Bean
  SecurityFilterChain onlyAsserted(HttpSecurity http, JwtDecoder decoder) throws Exception {
    return http
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .oauth2ResourceServer(
            server ->
                server
                    .bearerTokenResolver(request -> request.getHeader("X-Gate-Assertion"))
                    .jwt(jwt -> jwt.decoder(decoder)))
        // Spring exempts requests with a bearer token from its protection against CSRF. Behind the gateway, such a
        // request may come from a browser's cookie: compare Sec-Fetch-Site or Origin before anything changes.
        .build();
  }

  /**
   * @param keys returns the text of the secret `edgegate/<name>/assertion`, a JWK set
   * @param issuer `https://` and the gateway's `domain`
   * @param audience `assertion.audience` of the config
   */
  @Bean
  JwtDecoder decoder(
      Supplier<String> keys,
      @Value("${gateway.issuer}") String issuer,
      @Value("${gateway.audience}") String audience) {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    // The only algorithm: a token must not choose how it is verified.
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.HS256, new Keys(keys)));
    processor.setJWTClaimsSetVerifier((claims, context) -> {}); // Spring's validators follow.
    var decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            // Five seconds for clocks that differ. Without `exp`, this one accepts a token forever.
            new JwtTimestampValidator(Duration.ofSeconds(5)),
            new JwtClaimValidator<>("exp", Objects::nonNull),
            new JwtClaimValidator<>("sub", Objects::nonNull),
            new JwtIssuerValidator(issuer),
            new JwtClaimValidator<List<String>>("aud", named -> named != null && named.contains(audience))));
    return decoder;
  }

  /** The keys, read again now and then. Nimbus's own cache lets a flood of unknown keys end in errors, not refusals. */
  private static final class Keys implements JWKSource<SecurityContext> {
    /** A key is accepted for a whole rotation before it signs, so this may be hours. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    /** Between two reads because of a key that is unknown. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Supplier<String> text;
    private JWKSet last = new JWKSet();
    private Instant readAt = Instant.MIN;
    private Instant lookedAt = Instant.MIN;

    Keys(Supplier<String> text) {
      this.text = text;
    }

    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) {
      var found = selector.select(keys(false));
      return found.isEmpty() ? selector.select(keys(true)) : found;
    }

    /** If the secret cannot be read, the last keys still count; without any, nobody gets in. */
    private synchronized JWKSet keys(boolean isUnknown) {
      var now = Instant.now();
      if (isUnknown ? lookedAt.isAfter(now.minus(PAUSE)) : readAt.isAfter(now.minus(MAX_AGE))) return last;
      readAt = now;
      if (isUnknown) lookedAt = now;
      try {
        last = JWKSet.parse(text.get());
      } catch (ParseException | RuntimeException unavailable) {
        // Log it here: the reason, not the text.
      }
      return last;
    }
  }

  // With software.amazon.awssdk:secretsmanager:
  //
  // @Bean
  // Supplier<String> keys() {
  //   var client = SecretsManagerClient.builder().region(Region.US_EAST_1).build();
  //   return () -> client.getSecretValue(request -> request.secretId("edgegate/wiki/assertion")).secretString();
  // }
}

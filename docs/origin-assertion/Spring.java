/** Spring Security (spring-boot-starter-oauth2-resource-server): the assertion is the bearer token. */
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

  /** @param secret the text of the secret edgegate/wiki/assertion; make a new decoder when it changes */
  @Bean
  JwtDecoder decoder(@Value("${gateway.assertion-keys}") String secret) throws ParseException {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    var keys = new ImmutableJWKSet<SecurityContext>(JWKSet.parse(secret));
    // The only algorithm: a token must not choose how it is verified.
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.HS256, keys));
    processor.setJWTClaimsSetVerifier((claims, context) -> {}); // Spring's validators follow.
    var decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer("https://wiki.example.com"),
            new JwtClaimValidator<List<String>>(
                "aud", audience -> audience != null && audience.contains("https://wiki-origin.example.com"))));
    return decoder;
  }
}

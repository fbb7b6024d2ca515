import com.nimbusds.jose.util.JSONObjectUtils;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/** Sends assertions through the filters that Spring makes of GatewaySecurity, and prints the statuses. */
class Requests {

  /** Answers 200 to the user of the tests only. */
  static class Page extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      var user = SecurityContextHolder.getContext().getAuthentication();
      response.setStatus(user != null && user.getName().equals("alice00000000001") ? 200 : 500);
    }
  }

  public static void main(String[] args) throws Exception {
    var input = JSONObjectUtils.parse(args[0]);
    var secrets = new ArrayDeque<Object>((List<?>) input.get("secrets"));
    // Each text once, but for the last.
    Supplier<String> keys = () -> (String) (secrets.size() > 1 ? secrets.poll() : secrets.peek());
    var context = new AnnotationConfigWebApplicationContext();
    context.setServletContext(new MockServletContext());
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "config", Map.of("gateway.issuer", input.get("issuer"), "gateway.audience", input.get("audience"))));
    context.addBeanFactoryPostProcessor(factory -> factory.registerSingleton("keys", keys));
    context.register(GatewaySecurity.class);
    context.refresh();
    var filters = context.getBean("springSecurityFilterChain", Filter.class);
    var statuses = new ArrayList<Integer>();
    for (var assertion : (List<?>) input.get("assertions")) {
      var request = new MockHttpServletRequest("GET", "/");
      if (!assertion.equals("")) request.addHeader("X-Gate-Assertion", assertion);
      var response = new MockHttpServletResponse();
      new MockFilterChain(new Page(), filters).doFilter(request, response);
      statuses.add(response.getStatus());
    }
    System.out.println(statuses);
  }
}

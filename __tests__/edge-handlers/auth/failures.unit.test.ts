import { FAILURES, type FailureKind } from "../../../edge-handlers/auth/failures";

test.each(Object.entries(FAILURES))(
  "%s has an error status, and says when to come back where it is temporary",
  (_code, kind: FailureKind) => {
    expect(kind.status).toBeGreaterThanOrEqual(400);
    expect(kind.title.length * kind.text.length).toBeGreaterThan(0);
    if ([429, 503].includes(kind.status)) expect(kind.retryAfter).toBeGreaterThan(0);
  },
);

/** `edgegate doctor`: checks a deployed gateway from outside, as a stranger on the internet could. */
import { examineGateway } from "../../doctor/gateway/checks";
import type { Context } from "../context";
import { findings, outcomeOf } from "../findings";
import { trustedBy } from "../local-certificate";
import { Http } from "../../doctor/http";
import type { Outcome } from "../output";

export async function doctor({ gateway }: Context): Promise<Outcome> {
  const { config, isLocal } = gateway;
  const places = await examineGateway(config, new Http(trustedBy(gateway)), isLocal);
  const all = places.flatMap((place) => place.findings);
  return outcomeOf(
    all,
    { gateway: config.name, places },
    places.map((place) => `${place.place}\n${findings(place.findings)}`).join("\n"),
  );
}

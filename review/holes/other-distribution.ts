/** A distribution without the gate that reaches the same origins, or that gets a share of the same requests. */
import type { Distribution } from "../gateway/distributions";
import { listed, say } from "../sentence";
import type { Hole, HoleRule, Subject } from "./hole";

export const sameOrigin: HoleRule = {
  id: "same-origin",
  remedy: "give this distribution the gate as well, or another origin",
  holes: (subject) =>
    open(subject)
      .filter(({ isStaging }) => !isStaging)
      .flatMap(({ address, origins }): Hole[] => {
        const shared = origins.filter((origin) =>
          subject.gated.some((distribution) => distribution.origins.includes(origin)),
        );
        return shared.length === 0
          ? []
          : [
              {
                address,
                message: say`it has no gate, and reaches ${listed(shared)} as a distribution with the gate does`,
              },
            ];
      }),
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/continuous-deployment.html */
export const stagingDistribution: HoleRule = {
  id: "staging-distribution",
  remedy: "give the staging distribution the same associations",
  holes: (subject) =>
    open(subject)
      .filter(({ isStaging }) => isStaging)
      .map(({ address }) => ({
        address,
        message: say`it is a staging distribution without the gate: a continuous deployment sends it a share of the site's requests`,
      })),
};

/** The distributions where something other than the gateway answers. One that only redirects lets nobody in. */
function open({ distributions, gated }: Subject): Distribution[] {
  if (gated.length === 0) return [];
  return distributions.filter(
    (distribution) =>
      !gated.includes(distribution) &&
      !distribution.behaviors.every(({ associations }) =>
        associations.some(({ runs, event }) => runs === "redirect" && event === "viewer-request"),
      ),
  );
}

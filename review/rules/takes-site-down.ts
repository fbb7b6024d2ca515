/** Distributions that go away or stop answering. */
import { aboutChanges, high, isRemoved, medium } from "../rule";
import { say } from "../sentence";
import { blocks } from "../plan/values";

export const takesSiteDown = aboutChanges({
  id: "takes-site-down",
  title: "Takes a site down",
  help: "Visitors get an error as soon as this is applied. A new distribution takes minutes until it answers, and has another domain name.",
  types: ["aws_cloudfront_distribution", "aws_cloudfront_function"],
  examine: (change) => {
    const { type, before, after } = change;
    if (type === "aws_cloudfront_function")
      return [
        before?.["publish"] === true &&
          after?.["publish"] === false &&
          medium(say`The function is no longer published: CloudFront keeps running the old code.`),
      ];
    const countries = [before, after].map((values) => JSON.stringify(blocks(values?.["restrictions"])));
    return [
      isRemoved(change) && high(say`The distribution is deleted.`),
      before?.["enabled"] === true && after?.["enabled"] === false && high(say`The distribution is disabled.`),
      change.action === "update" &&
        /whitelist|blacklist/.test(countries.join("")) &&
        countries[0] !== countries[1] &&
        medium(say`Other countries can open the site.`),
    ];
  },
});

/** Lambda@Edge: a function that CloudFront runs cannot be deleted while a replica exists. */
import { aboutChanges, isRemoved, medium } from "../rule";
import { say } from "../sentence";

export const deletesReplica = aboutChanges({
  id: "deletes-replica",
  title: "Deletes a function that runs at the edge",
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
  help: "The apply waits for hours until CloudFront has removed the replicas, or fails. First apply a change that takes the function off every distribution.",
  types: ["aws_lambda_function"],
  examine: (change) => {
    const { before, after } = change;
    if (before?.["publish"] !== true) return [];
    const name = String(before["function_name"]);
    return [
      isRemoved(change) &&
        medium(say`${name} is deleted. Its replicas at the edge must be gone first, which takes hours.`),
      change.action === "update" &&
        after?.["publish"] !== true &&
        medium(say`${name} no longer publishes versions. CloudFront keeps running the old one.`),
    ];
  },
});

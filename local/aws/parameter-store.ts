/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
import { failure, success, type Targets } from "./answer";

/** @param parameters name to value */
export function parameterStore(parameters: ReadonlyMap<string, string>): Targets {
  return {
    "AmazonSSM.GetParameter": ({ Name }) => {
      const value = parameters.get(String(Name));
      return value === undefined
        ? failure("ParameterNotFound")
        : success({ Parameter: { Name, Type: "String", Value: value, Version: 1 } });
    },
  };
}

/** What the handler asks once in a while: its settings, and to tell others of a theft. */
import type { Service } from "../kernel/network";
import { failure, inputOf, Refusal, refused, success, targetOf } from "./answers";

/** @param parameters name to value */
export function parameterStore(parameters: ReadonlyMap<string, string>): Service {
  return {
    nameOf: (request) => `ssm.${targetOf(request)}`,
    failure,
    answer(request) {
      const { Name } = inputOf(request);
      const Value = parameters.get(String(Name));
      return Value === undefined
        ? refused(new Refusal("ParameterNotFound"))
        : success({ Parameter: { Name, Type: "String", Value, Version: 1 } });
    },
  };
}

/** @param onEvent hears the detail of every event */
export function eventBus(onEvent: (detail: unknown) => void): Service {
  return {
    nameOf: (request) => `events.${targetOf(request)}`,
    failure,
    answer(request) {
      const { Entries } = inputOf(request) as { Entries: { Detail: string }[] };
      for (const { Detail } of Entries) onEvent(JSON.parse(Detail));
      return success({ FailedEntryCount: 0, Entries: Entries.map((_, place) => ({ EventId: `e${place}` })) });
    },
  };
}

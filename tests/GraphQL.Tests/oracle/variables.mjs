// Input: { sdl, cases: [{ type, variables: JSON text }] }. Output: [{ value } | { error }].
import { buildSchema, parse } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { input, output } from './io.mjs';

const { sdl, cases } = await input();
const schema = buildSchema(sdl);
output(cases.map(({ definition, variables }) => {
  const operation = parse(`query (${definition}) { __typename }`).definitions[0];
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions, JSON.parse(variables));
  return errors ? { error: errors[0].message } : { value: coerced };
}));

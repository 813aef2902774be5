// Input: {} gives { query }, the standard introspection query with everything in it.
// Input: { sdl, result } gives { printed, expected }: the schema of the result, and that of the SDL, both printed with types
// in the order of names.
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { input, output } from './io.mjs';

const { sdl, result } = await input();
if (!result) {
  output({ query: getIntrospectionQuery({
    descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true,
    inputValueDeprecation: true, oneOf: true,
  }) });
} else {
  output({
    printed: printSchema(lexicographicSortSchema(buildClientSchema(result.data))),
    expected: printSchema(lexicographicSortSchema(buildSchema(sdl))),
  });
}

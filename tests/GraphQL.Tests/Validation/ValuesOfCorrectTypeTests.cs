using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class ValuesOfCorrectTypeTests
{
    [Theory]
    [InlineData("{ count(a: 1, b: 1, c: \"s\", d: true, e: 1, f: RED) user(id: \"x\") { id } }")]
    [InlineData("{ count(a: null, b: 1.5e3, e: \"1\") }")]
    [InlineData("{ users(colors: RED, filter: { and: { color: GREEN }, any: [1, { a: RED }], point: { y: 1, tags: "
        + "\"x\" } }) { matrix(rows: 1) id } }")]
    [InlineData("{ users { x: matrix(rows: [1, 2]) y: matrix(rows: [[1], 2, null]) } }")]
    [InlineData("{ node(choice: { id: 1 }) { id } any(point: null) { x } unknown(a: {}) }")]
    [InlineData("query ($a: Int = 1, $p: Point = { y: 2 }, $c: [Color!] = RED) { x }")]
    [InlineData("{ pet(when: 5, any: { deep: [$v] }, flag: true) { x } }")]
    [InlineData("{ count(a: -2147483648, b: 0) }")]
    public void Literals_fit_their_places(string document) => RuleCheck.Accepts<ValuesOfCorrectType>(document);

    [Theory]
    [InlineData("{ count(a: 1.0) }", "Int")]
    [InlineData("{ count(a: 2147483648) }", "2147483648")]
    [InlineData("{ count(a: \"1\") }", "Int")]
    [InlineData("{ count(b: \"1\") }", "Float")]
    [InlineData("{ count(c: 1) }", "String")]
    [InlineData("{ count(d: 1) }", "Boolean")]
    [InlineData("{ count(e: 1.5) }", "ID")]
    [InlineData("{ count(f: \"RED\") }", "Color")]
    [InlineData("{ count(f: red) }", "Did you mean \"RED\"")]
    [InlineData("{ count(f: true) }", "Color")]
    [InlineData("{ users(limit: null) { id } }", "found null")]
    [InlineData("{ users(colors: [null]) { id } }", "Color!")]
    [InlineData("{ count(a: [1]) }", "Int")]
    [InlineData("{ count(a: { x: 1 }) }", "Int")]
    [InlineData("{ any(point: { x: 1 }) { x } }", "\"Point.y\"")]
    [InlineData("{ any(point: { y: 1, z: 1 }) { x } }", "\"z\"")]
    [InlineData("{ any(point: 1) { x } }", "Point")]
    [InlineData("{ any(point: [{ y: 1 }]) { x } }", "Point")]
    [InlineData("{ node(choice: {}) { id } }", "exactly one")]
    [InlineData("{ node(choice: { id: 1, name: \"a\" }) { id } }", "exactly one")]
    [InlineData("{ node(choice: { id: null }) { id } }", "must not be null")]
    [InlineData("query ($a: Int = \"x\") { x }", "Int")]
    [InlineData("query ($a: Int! = null) { x }", "found null")]
    [InlineData("{ count @skip(if: 1) }", "Boolean")]
    [InlineData("{ users { matrix(rows: [[[1]]]) } }", "Int")]
    [InlineData("{ users { matrix(rows: [[null]]) } }", "Int!")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<ValuesOfCorrectType>(document, words);
}

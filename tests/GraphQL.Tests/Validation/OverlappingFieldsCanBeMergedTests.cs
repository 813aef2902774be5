using Tributary.GraphQL.Validation.Rules;

namespace Tributary.GraphQL.Tests.Validation;

public sealed class OverlappingFieldsCanBeMergedTests
{
    [Theory]
    [InlineData("{ count(a: 1, b: 2) count(b: 2, a: 1) }")]
    [InlineData("{ x: count(a: 1) y: count(a: 2) }")]
    [InlineData("{ node { ... on Dog { x: barks } ... on Cat { y: lives } } }")]
    [InlineData("{ node { ... on Dog { name } ... on User { name(upper: true) } } }")]
    [InlineData("{ node { ... on Dog { value } ... on Unknown { value } } }")]
    [InlineData("{ any(point: { x: 1, y: 2 }) { __typename } any(point: { y: 2, x: 1 }) { __typename } }")]
    [InlineData("{ users { id } users { name } ...F } fragment F on Query { users { id } }")]
    [InlineData("{ node { ... on Dog { owner { id } } ... on User { owner: pet { __typename } } } }")]
    [InlineData("query ($a: Int) { count(a: $a) count(a: $a) }")]
    public void Fields_of_one_key_can_be_merged(string document) =>
        RuleCheck.Accepts<OverlappingFieldsCanBeMerged>(document);

    [Theory]
    [InlineData("{ count count(a: 1) }", "different arguments")]
    [InlineData("{ count(a: 1) count(a: 2) }", "different arguments")]
    [InlineData("query ($a: Int, $b: Int) { count(a: $a) count(a: $b) }", "different arguments")]
    [InlineData("{ x: users { id } x: any { __typename } }", "conflict")]
    [InlineData("{ users { x: id } users { x: name } }", "conflict")]
    [InlineData("{ node { ... on Dog { x: __typename } ... on Cat { x: lives } } }", "conflict")]
    [InlineData("{ users { x: id } ...F } fragment F on Query { users { x: name } }", "conflict")]
    [InlineData("{ node { ... on Dog { value } ... on Cat { value } } }", "Int and Float")]
    [InlineData("{ node { ... on Dog { name } ... on Cat { name } } }", "String and String!")]
    [InlineData("{ node { ... on User { x: friends { id } } ... on Dog { x: owner { id } } } }", "[User!]! and User")]
    [InlineData("{ node { ... on Dog { color } ... on Cat { color } } }", "String and Color")]
    [InlineData("{ node { ... on Dog { owner { x: id } } ... on Cat { owner { x: name } } } }", "conflict")]
    [InlineData("{ node { ... on Node { x: id } ... on Dog { x: name } } }", "conflict")]
    [InlineData("{ node { ... on Dog { o: owner { x: age } } ... on Cat { o: owner { x: color } } } }", "conflict")]
    [InlineData("{ x: count ... on Query { x: count(a: 1) } }", "different arguments")]
    public void Other_documents_are_refused(string document, string words) =>
        RuleCheck.Refuses<OverlappingFieldsCanBeMerged>(document, words);

    [Fact]
    public void Many_equal_fields_and_fragments_that_double_at_each_level_take_no_time()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        RuleCheck.Accepts<OverlappingFieldsCanBeMerged>(
            "{ " + string.Join(" ", Enumerable.Repeat("count(a: 1)", 20_000)) + " }");
        var text = new System.Text.StringBuilder("{ ...F0 }");
        for (var i = 0; i < 100; i++)
            text.Append(
                $" fragment F{i} on Query {{ a: self {{ ...F{i + 1} }} b: self {{ ...F{i + 1} }} ...F{i + 1} }}");
        RuleCheck.Accepts<OverlappingFieldsCanBeMerged>(text.Append(" fragment F100 on Query { count }").ToString());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
    }
}

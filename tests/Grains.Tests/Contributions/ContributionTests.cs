using System.Text;
using System.Text.Json;
using Tributary.Grains.Tests.Grains;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;

namespace Tributary.Grains.Tests.Contributions;

public sealed class ContributionTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("10e-1", "1")]
    [InlineData("-0", "0")]
    [InlineData("12345678901234567890.10", "12345678901234567890.1")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "null")]
    [InlineData("\"us\"", "\"us\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"\\u0075s\"", "\"us\"")]
    [InlineData("\"a\\/b\"", "\"a/b\"")]
    [InlineData("\"\\\"\\\\\\n\\u0000\\u001F\"", "\"\\\"\\\\\\n\\u0000\\u001f\"")]
    [InlineData("\"\\ud83d\\ude00é\"", "\"😀é\"")]
    public void A_group_has_one_form(string token, string form)
    {
        var group = Calculations.GroupOf($$"""{"v":{{token}}}""", "/v");
        Assert.Equal($"[{form}]", group);
        Assert.Equal(group, GroupKey.Normalise(Encoding.UTF8.GetBytes($" [ {token} ] ")));
    }

    [Theory]
    [InlineData("1", "2.7", "2")]
    [InlineData("1", "-0.2", "-1")]
    [InlineData("1", "-1", "-1")]
    [InlineData("1", "0", "0")]
    [InlineData("0.25", "1.1", "1")]
    [InlineData("0.25", "-1.1", "-1.25")]
    [InlineData("10", "1234567890123456789012345678901234567890.5", "1234567890123456789012345678901234567890")]
    [InlineData("1", "null", "null")]
    [InlineData("1", "\"2.7\"", "\"2.7\"")]
    public void Numbers_fall_into_classes(string floor, string token, string form)
    {
        var definition =
            $$"""{"name":"a","group":[{"name":"v","pointer":"/v","floor":{{floor}}}],"measures":[{"name":"n","kind":"count"}]}""";
        var contribution = Calculations.One(Calculations.Calculator(definition), $$"""{"v":{{token}}}""");
        Assert.Equal($"1/0/[{form}]", contribution!.Value.Aggregate.Key);
        Assert.Equal(
            definition,
            Encoding.UTF8.GetString(AggregateDefinition.Parse(Encoding.UTF8.GetBytes(definition)).Json.Span));
    }

    [Theory]
    [InlineData("{}", RefusalReason.GroupNotScalar)]
    [InlineData("[1]", RefusalReason.GroupNotScalar)]
    [InlineData("1e999", RefusalReason.GroupNumberOutOfBounds)]
    [InlineData("\"\\ud800\"", RefusalReason.GroupNotUnicode)]
    public void What_cannot_be_a_group_is_refused_and_counted(string token, RefusalReason reason)
    {
        var calculator = Calculations.Calculator(
            """{"name":"a","group":[{"name":"v","pointer":"/v"}],"measures":[{"name":"n","kind":"count"}]}""");
        Assert.Null(Calculations.One(calculator, $$"""{"v":{{token}}}"""));
        Assert.Equal(new RefusalCount("a", 1, reason, 1), Assert.Single(calculator.RefusalCounts));
    }

    [Theory]
    [InlineData('a', 1020, true)]
    [InlineData('a', 1021, false)]
    [InlineData('é', 510, true)]
    [InlineData('é', 511, false)]
    public void A_group_has_at_most_1024_bytes(char character, int count, bool isCounted)
    {
        var group = Calculations.GroupOf($$"""{"v":"{{new string(character, count)}}"}""", "/v");
        Assert.Equal(isCounted, group is not null);
    }

    [Fact]
    public void Sources_choose_definitions()
    {
        var calculator = Calculations.Calculator(
            """{"name":"all","measures":[{"name":"n","kind":"count"}]}""",
            """{"name":"some","sources":["usgs","emsc"],"measures":[{"name":"n","kind":"count"}]}""");
        Assert.Equal([1, 2], Generations("usgs"));
        Assert.Equal([1, 2], Generations("emsc"));
        Assert.Equal([1], Generations("other"));

        IEnumerable<int> Generations(string source) =>
            calculator.Calculate(source, "{}"u8, FakeTurn.Start).Select(one => one.Generation);
    }

    [Fact]
    public void Equal_groups_share_one_key()
    {
        var calculator = Calculations.Calculator(
            """{"name":"a","group":[{"name":"v","pointer":"/v"}],"measures":[{"name":"n","kind":"count"}]}""");
        Assert.Same(
            Calculations.One(calculator, """{"v":4}""")!.Value.Aggregate.Key,
            Calculations.One(calculator, """{"x":0,"v":4.0}""")!.Value.Aggregate.Key);
    }

    [Fact]
    public void Measures_are_exact_and_say_what_they_skipped()
    {
        var view = Calculations.View(
            """
            {"name":"a","group":[{"name":"k","pointer":"/k"}],"measures":[
              {"name":"n","kind":"count"},{"name":"total","kind":"sum","pointer":"/v"},
                {"name":"least","kind":"min","pointer":"/v"},
              {"name":"most","kind":"max","pointer":"/v"},{"name":"average","kind":"mean","pointer":"/v"},
              {"name":"different","kind":"distinct","pointer":"/v"},
                {"name":"spread","kind":"quantiles","pointer":"/v","quantiles":[0,1]}]}
            """,
            """{"v":0.1}""",
            """{"v":0.2}""",
            """{"v":1e2}""",
            """{"v":"0.1"}""",
            """{"v":null}""",
            "{}",
            """{"v":1e100}""",
            """{"v":0.20}""",
            """{"v":[]}""");

        Assert.Equal(9, view.Count);
        Assert.Equal("""{"k":null}""", JsonSerializer.Serialize(view.Group));
        Assert.Equal(
            """{"n":9,"total":100.5,"least":0.1,"most":100,"average":25.125,"different":4,"spread":{"0":0.0995172,"1":99.9144}}""",
            JsonSerializer.Serialize(view.Measures));
        Assert.Equal(
            """{"total":3,"least":3,"most":3,"average":3,"different":2,"spread":3}""",
            JsonSerializer.Serialize(view.Skipped));
    }

    [Fact]
    public void Without_numbers_there_is_a_sum_but_no_mean_and_no_extremes()
    {
        var view = Calculations.View(
            """{"name":"a","measures":[{"name":"s","kind":"sum","pointer":"/v"},{"name":"m","kind":"mean","pointer":"/v"},{"name":"l","kind":"min","pointer":"/v"},{"name":"q","kind":"quantiles","pointer":"/v"}]}""",
            "{}");
        Assert.Equal(
            """{"s":0,"m":null,"l":null,"q":{"0.5":null,"0.9":null,"0.99":null}}""",
            JsonSerializer.Serialize(view.Measures));
        Assert.Empty(view.Skipped);
    }

    [Fact]
    public void Distinct_tells_types_and_broken_texts_apart()
    {
        var view = Calculations.View(
            """{"name":"a","measures":[{"name":"d","kind":"distinct","pointer":"/v"}]}""",
            """{"v":1}""", """{"v":"1"}""", """{"v":true}""", """{"v":"true"}""", """{"v":1.0}""", """{"v":"\u0031"}""",
            """{"v":"\ud800"}""", """{"v":"\ud801"}""", """{"v":"\ufffd"}""", """{"v":"�"}""");
        Assert.Equal(7, view.Measures["d"].GetInt32());
    }
}

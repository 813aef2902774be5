using System.Text;
using System.Text.Json;
using Tributary.Storage.Messages;
using Tributary.Storage.Queries;

namespace Tributary.Storage.Tests.Queries;

public sealed class BodyMatcherTests
{
    private static bool Matches(string body, string pointer, Comparison comparison, string operand) =>
        Matches(body, new BodyCondition.Compare(pointer, comparison, JsonElement.Parse(operand)));

    private static bool Matches(string body, BodyCondition condition) =>
        BodyMatcher.Of(condition).Matches(Encoding.UTF8.GetBytes(body));

    [Theory]
    [InlineData("""{"a":1}""", "/a", "1", true)]
    [InlineData("""{"a":{"b":[7,{"c":2}]}}""", "/a/b/1/c", "2", true)]
    [InlineData("""{"a":[7]}""", "/a/00", "7", false)]
    [InlineData("""{"a":[7]}""", "/a/1", "7", false)]
    [InlineData("""{"0":7}""", "/0", "7", true)]
    [InlineData("""{"":1,"a/b":2,"m~n":3}""", "/", "1", true)]
    [InlineData("""{"":1,"a/b":2,"m~n":3}""", "/a~1b", "2", true)]
    [InlineData("""{"":1,"a/b":2,"m~n":3}""", "/m~0n", "3", true)]
    [InlineData("""{"\u0061\ud83d\ude00":1}""", "/a😀", "1", true)]
    [InlineData("""{"a":1,"a":2}""", "/a", "2", true)]
    [InlineData("""{"a":1,"a":2}""", "/a", "1", false)]
    [InlineData("""{"a":{"b":1},"a":{}}""", "/a/b", "1", false)]
    [InlineData("""[1]""", "", "[1]", true)]
    [InlineData("""{"a":{"x":1,"y":[2,"z"],"x":3}}""", "/a", """{"y":[2.0,"\u007a"],"x":3}""", true)]
    [InlineData("""{"a":{"x":1}}""", "/a", """{"x":1,"y":2}""", false)]
    [InlineData("""{"a":[1,2]}""", "/a", "[1]", false)]
    [InlineData("""{"a":null}""", "/a", "null", true)]
    [InlineData("""{"a":true}""", "/a", "false", false)]
    [InlineData("""{"a":"1"}""", "/a", "1", false)]
    [InlineData("""{"a":"x\ud800"}""", "/a", "\"x\\ud800\"", true)]
    [InlineData("""{"a":"x\ud800"}""", "/a", "\"x\\ufffd\"", false)]
    [InlineData("""{"\ud800":1,"a":2}""", "/a", "2", true)]
    public void A_value_equals_another_of_its_type(string body, string pointer, string operand, bool expected)
    {
        Assert.Equal(expected, Matches(body, pointer, Comparison.Equal, operand));
        Assert.Equal(expected, Matches(body, pointer, Comparison.In, $"[[],{operand}]"));
    }

    [Theory]
    [InlineData("1", "1.0", 0)]
    [InlineData("100", "1e2", 0)]
    [InlineData("0.00120", "12E-4", 0)]
    [InlineData("-0", "0.000e9", 0)]
    [InlineData("9007199254740993", "9007199254740992", 1)]
    [InlineData("0.1", "0.10000000000000000000000000000000000000000000000000000000000000000000000001", -1)]
    [InlineData("-2", "-10", 1)]
    [InlineData("-2", "1", -1)]
    [InlineData("0", "-1e-400", 1)]
    [InlineData("1e400", "9.9e399", 1)]
    [InlineData("0.5", "0.05", 1)]
    [InlineData("10.5", "10.49", 1)]
    [InlineData("1e99999999999999999999", "1", 1)]
    [InlineData("\"a\"", "\"B\"", 1)]
    [InlineData("\"a\"", "\"ab\"", -1)]
    [InlineData("\"\\uff5e\"", "\"😀\"", -1)]
    [InlineData("\"\\t\\\\\\/\"", "\"\\u0009\\u005c/\"", 0)]
    public void Numbers_and_strings_are_ordered(string left, string right, int expected)
    {
        foreach (var (body, operand, order) in new[] { (left, right, expected), (right, left, -expected) })
        {
            bool Holds(Comparison comparison) => Matches($$"""{"a":{{body}}}""", "/a", comparison, operand);

            Assert.Equal(
                (order == 0, order != 0, order > 0, order >= 0, order < 0, order <= 0),
                (
                    Holds(Comparison.Equal), Holds(Comparison.NotEqual), Holds(Comparison.Greater),
                    Holds(Comparison.GreaterOrEqual), Holds(Comparison.Less), Holds(Comparison.LessOrEqual)));
        }
    }

    [Theory]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "0")]
    [InlineData("false", "true")]
    [InlineData("[1]", "[2]")]
    public void Values_of_different_types_are_unequal_and_not_ordered(string value, string operand)
    {
        var body = $$"""{"a":{{value}}}""";
        Assert.True(Matches(body, "/a", Comparison.NotEqual, operand));
        foreach (var comparison in new[]
            {
                Comparison.Greater,
                Comparison.GreaterOrEqual,
                Comparison.Less,
                Comparison.LessOrEqual,
            })
            Assert.False(Matches(body, "/a", comparison, operand));
    }

    [Theory]
    [InlineData("\"with\\u0069n\"", "\"thi\"", true)]
    [InlineData("\"within\"", "\"x\"", false)]
    [InlineData("[1,\"x\",[2]]", "\"x\"", true)]
    [InlineData("[1,\"x\",[2]]", "1e0", true)]
    [InlineData("[1,\"x\",[2]]", "2", false)]
    [InlineData("{\"x\":1}", "\"x\"", false)]
    public void A_string_contains_text_and_an_array_elements(string value, string operand, bool expected) =>
        Assert.Equal(expected, Matches($$"""{"a":{{value}}}""", "/a", Comparison.Contains, operand));

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("\u0001\u00ff")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":1""")]
    public void Nothing_holds_for_a_value_that_is_not_there(string body)
    {
        foreach (var comparison in Enum.GetValues<Comparison>())
            Assert.False(Matches(body, "/a", comparison, "[1]"));
        Assert.True(Matches(body, new BodyCondition.Not(new BodyCondition.Compare("/a", Comparison.Exists, default))));
    }

    [Fact]
    public void Conditions_are_put_together()
    {
        const string Body = """{"a":1,"b":null}""";
        var a = new BodyCondition.Compare("/a", Comparison.Equal, JsonElement.Parse("1"));
        var b = new BodyCondition.Compare("/b", Comparison.Exists, default);
        var c = new BodyCondition.Compare("/c", Comparison.Exists, default);

        Assert.True(Matches(Body, new BodyCondition.And([a, b, new BodyCondition.Not(c)])));
        Assert.False(Matches(Body, new BodyCondition.And([a, c])));
        Assert.True(Matches(Body, new BodyCondition.Or([c, b])));
        Assert.False(Matches(Body, new BodyCondition.Or([c, new BodyCondition.Not(a)])));
        Assert.True(Matches(Body, new BodyCondition.And([])));
        Assert.False(Matches(Body, new BodyCondition.Or([])));
    }

    [Fact]
    public void A_condition_that_means_nothing_is_refused()
    {
        var refused = Assert.Throws<TributaryException>(() => Matches("{}", "a", Comparison.Equal, "1"));
        Assert.Equal("pointer_invalid", refused.Code);
        Assert.Throws<ArgumentException>(() => Matches("{}", "/a", Comparison.In, "1"));
        Assert.Throws<ArgumentException>(() =>
            Matches("{}", new BodyCondition.Compare("/a", Comparison.Equal, default)));
    }
}

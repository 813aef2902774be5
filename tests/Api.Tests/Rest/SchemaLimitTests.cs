using System.Text.Json;
using Tributary.Api.ConfiguredEndpoints;

namespace Tributary.Api.Tests.Rest;

/// <summary>Whatever a schema says and a body holds, the check ends soon.</summary>
public sealed class SchemaLimitTests
{
    private const string Burning = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

    /// <summary>Patterns that double their work with each letter where they backtrack.</summary>
    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(a|a?)+$")]
    [InlineData("^([a-zA-Z]+)*$")]
    [InlineData("(.*a){25}$")]
    public async Task A_pattern_that_needs_no_backtracking_does_none(string pattern)
    {
        foreach (var schema in Schemas(pattern))
        {
            var check = await SchemaCheck.ParseAsync(schema);
            // Time stands still, so the answer is the pattern's and not that of a limit.
            Assert.Equal("schema", CodeOf(check, BodyOf(Burning), new StillTime()));
            Assert.Null(CodeOf(check, BodyOf(new string('a', 60)), new StillTime()));
        }
    }

    /// <summary>Those that look around or refer back cannot do without.</summary>
    [Theory]
    [InlineData("^(?=(a+)+$)a")]
    [InlineData("^(a+)+\\1$")]
    [InlineData("^((?>a)|a)+(?<!b)$")]
    public async Task A_pattern_that_backtracks_is_given_up(string pattern)
    {
        foreach (var schema in Schemas(pattern))
        {
            var check = await SchemaCheck.ParseAsync(schema);
            var error = Assert.Throws<TributaryException>(() =>
                check.Check(BodyOf(Burning), "schema", new StillTime()));
            Assert.True(error.Code is "schema_limit_exceeded" or "schema", error.Message);
        }
    }

    [Fact]
    public async Task A_pattern_that_looks_around_still_says_what_fits()
    {
        var check = await SchemaCheck.ParseAsync(
            """{"properties":{"a":{"type":"string","pattern":"^(?=.*[0-9])(?!.*x)[a-z0-9]+$"}}}""");
        Assert.Null(CodeOf(check, """{"a":"abc1"}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"a":"abc"}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"a":"abcx1"}""", new StillTime()));
        Assert.Null(CodeOf(check, """{"a":1}""".Replace("1", "\"1\"", StringComparison.Ordinal), new StillTime()));
    }

    [Fact]
    public async Task All_that_one_body_asks_for_has_one_limit()
    {
        var check = await SchemaCheck.ParseAsync(
            """{"properties":{"a":{"type":"array","items":{"anyOf":[{"type":"string","pattern":"^a+$"},{"type":"null"}]}}}}""");
        var body = $$"""{"a":[{{string.Join(',', Enumerable.Repeat("\"a\"", 5_000))}}]}""";
        Assert.Null(CodeOf(check, body, new StillTime()));
        // Each reading of the clock is a millisecond later: the limit is reached after a thousand of them, however
        // fast the machine.
        var error = Assert.Throws<TributaryException>(() => check.Check(body, "schema", new SteppingTime()));
        Assert.Equal("schema_limit_exceeded", error.Code);
        Assert.Contains("1000 ms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_match_no_pattern_are_judged_as_the_schema_says()
    {
        var check = await SchemaCheck.ParseAsync(
            """{"properties":{"id":{"type":"integer"}},"patternProperties":{"^s_":{"type":"string"},"^n_":{"type":"number"}},"additionalProperties":false,"maxProperties":4}""");
        Assert.Null(CodeOf(check, """{"id":1,"s_a":"x","n_a":1.5}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"s_a":1}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"n_a":"1"}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"other":1}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"id":"x"}""", new StillTime()));
        Assert.Equal("schema", CodeOf(check, """{"n_a":1,"n_b":1,"n_c":1,"n_d":1,"n_e":1}""", new StillTime()));
        var typed = await SchemaCheck.ParseAsync(
            """{"patternProperties":{"^s":{"type":"string"}},"additionalProperties":{"type":"integer"}}""");
        Assert.Null(CodeOf(typed, """{"s":"x","n":1}""", new StillTime()));
        Assert.Equal("schema", CodeOf(typed, """{"n":"x"}""", new StillTime()));
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"anyOf":[{"$ref":"#"}]}""")]
    [InlineData(
        """{"allOf":[{"$ref":"#/definitions/a"}],"definitions":{"a":{"not":{"$ref":"#/definitions/b"}},"b":{"oneOf":[{"$ref":"#/definitions/a"},{"type":"string"}]}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""")]
    [InlineData("""{"patternProperties":{"[":{}}}""")]
    [InlineData("""{"$ref":"http://127.0.0.1:1/schema.json"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"other.json#/definitions/a"}}}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/missing"}}}""")]
    public async Task A_schema_that_ends_nowhere_or_lies_elsewhere_is_refused_when_it_is_read(string schema) =>
        await Assert.ThrowsAsync<FormatException>(() => SchemaCheck.ParseAsync(schema));

    [Fact]
    public async Task A_schema_may_refer_to_itself_where_the_body_goes_on()
    {
        var check = await SchemaCheck.ParseAsync("""{"properties":{"next":{"$ref":"#"},"name":{"type":"string"}}}""");
        var deep = string.Concat(Enumerable.Repeat("""{"next":""", 60)) + """{"name":1}""" + new string('}', 60);
        Assert.Equal("schema", CodeOf(check, deep, new StillTime()));
        Assert.Null(CodeOf(check, deep.Replace("1}", "\"x\"}", StringComparison.Ordinal), new StillTime()));
    }

    [Theory]
    [InlineData("date")]
    [InlineData("date-time")]
    [InlineData("time")]
    [InlineData("email")]
    [InlineData("hostname")]
    [InlineData("ipv4")]
    [InlineData("ipv6")]
    [InlineData("uri")]
    [InlineData("uuid")]
    [InlineData("guid")]
    [InlineData("byte")]
    [InlineData("base64")]
    [InlineData("duration")]
    [InlineData("time-span")]
    public async Task A_format_looks_at_a_long_text_once(string format)
    {
        var check = await SchemaCheck.ParseAsync(
            $$$$"""{"properties":{"a":{"type":"string","format":"{{{{format}}}}"}}}""");
        foreach (var piece in new[] { "a", "a.", "a-", "1", "1:", "a@", "a@a.", "=", ":", "0.0." })
        {
            var text = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
            var run = Task.Run(() => CodeOf(check, $$"""{"a":"{{text}}!"}""", new StillTime()),
                TestContext.Current.CancellationToken);
            // Generous, on however busy a machine: what doubles with each letter never ends.
            await run.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
    }

    private static IEnumerable<string> Schemas(string pattern)
    {
        var quoted = JsonSerializer.Serialize(pattern);
        yield return $$$$"""{"properties":{"a":{"type":"string","pattern":{{{{quoted}}}}}}}""";
        yield return $$$$"""{"properties":{"a":{"type":["string","null"],"pattern":{{{{quoted}}}}}}}""";
        yield return
            $$$$"""{"properties":{"a":{"allOf":[{"$ref":"#/definitions/p"}]}},"definitions":{"p":{"type":"string","pattern":{{{{quoted}}}}}}}""";
        yield return
            $$$$"""{"properties":{"a":{},"b":{"patternProperties":{{{{{quoted}}}}:{"type":"integer"}},"additionalProperties":false}}}""";
    }

    private static string BodyOf(string text) => $$$"""{"a":"{{{text}}}","b":{"{{{text}}}":1}}""";

    private static string? CodeOf(SchemaCheck check, string body, TimeProvider time)
    {
        try
        {
            check.Check(body, "schema", time);
            return null;
        }
        catch (TributaryException error)
        {
            return error.Code;
        }
    }

    private sealed class StillTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    private sealed class SteppingTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => now++;
    }
}

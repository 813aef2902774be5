using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Tests.Language;

public sealed class LexerTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "-0")]
    [InlineData("12", "12")]
    [InlineData("1.5e-3", "1.5e-3")]
    [InlineData("1E+2", "1E+2")]
    public void Numbers_are_kept_as_written(string text, string expected) =>
        Assert.Equal(expected, Printer.Print(Parser.ParseValue(text)));

    [Theory]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1a")]
    [InlineData("0x1")]
    [InlineData("1.e5")]
    [InlineData("1_0")]
    [InlineData("1.5.6")]
    [InlineData("1e")]
    [InlineData("-")]
    [InlineData("-a")]
    [InlineData("+1")]
    [InlineData("\"a")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\q\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u{}\"")]
    [InlineData("\"\\u{110000}\"")]
    [InlineData("\"\\u{D800}\"")]
    [InlineData("\"\\uD83D\"")]
    [InlineData("\"\\uD83D\\u0041\"")]
    [InlineData("\"\\uDE00\\uD83D\"")]
    [InlineData("\"\"\"a")]
    [InlineData("\"\"\"a\"\"")]
    [InlineData("'a'")]
    [InlineData("..")]
    [InlineData("?")]
    [InlineData("\u00a0 1")]
    [InlineData("\u2028 1")]
    [InlineData("\f 1")]
    public void What_is_no_token_is_refused(string text) =>
        Assert.Throws<GraphQLSyntaxException>(() => Parser.ParseValue(text));

    [Fact]
    public void A_lone_surrogate_is_refused_in_strings_and_in_comments()
    {
        foreach (var text in new[] { "\"\uD83D\"", "\"\"\"\uD83D\"\"\"", "# \uDE00\n 1" })
            Assert.Throws<GraphQLSyntaxException>(() => Parser.ParseValue(text));
        Assert.Equal("\U0001F600", String("\"\uD83D\uDE00\""));
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t")]
    [InlineData("\"\\u00e9\\u{1F600}\\uD83D\\uDE00\\u{0000E9}\"", "\u00e9\U0001F600\U0001F600\u00e9")]
    [InlineData("\"\u0000\u2028\"", "\u0000\u2028")]
    [InlineData("\"\"\"a\"\"\"", "a")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"\" a \"b\" \\\"\"\" \\n \"\"\"", " a \"b\" \"\"\" \\n ")]
    [InlineData("\"\"\"\n    a\n      b\r\n\r    c\n  \n\"\"\"", "a\n  b\n\nc")]
    [InlineData("\"\"\"  a\n    b\n   c\"\"\"", "  a\n b\nc")]
    [InlineData("\"\"\"\n\n\t\ta\n\"\"\"", "a")]
    [InlineData("\"\"\" \n  \n\"\"\"", "")]
    public void Strings_are_decoded(string text, string expected) => Assert.Equal(expected, String(text));

    [Theory]
    [InlineData("{\n  a\r\n\r  ?", 4, 3)]
    [InlineData("{\u2028?", 1, 2)]
    [InlineData("\uFEFF{ ,,\t ?", 1, 8)]
    [InlineData("# comment\n?", 2, 1)]
    [InlineData("{ a", 1, 4)]
    public void Errors_say_where_they_are(string text, int line, int column)
    {
        var error = Assert.Throws<GraphQLSyntaxException>(() => Parser.Parse(text)).Error;
        Assert.Equal(new SourceLocation(line, column), Assert.Single(error.Locations!));
        Assert.Equal(ErrorCodes.Syntax, error.Code);
    }

    private static string String(string text) => Assert.IsType<StringValue>(Parser.ParseValue(text)).Value;
}

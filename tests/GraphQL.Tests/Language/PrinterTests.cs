using Tributary.GraphQL.Language;
using Tributary.GraphQL.Tests.Differential;

namespace Tributary.GraphQL.Tests.Language;

public sealed class PrinterTests
{
    [Fact]
    public void Operations_are_printed_with_two_spaces()
    {
        var text = Printer.Print(Parser.Parse(
            "query Q($a:Int=1 @d,\"x\" $b:[S!]!){x:a(b:{c:[1,$a],d:\"\\n\"})@d(e:E){...F ...on T{g}...{h}}} fragment F "
            + "on T@d{i} {j}"));
        Assert.Equal(
            """
            query Q($a: Int = 1 @d, "x" $b: [S!]!) {
              x: a(b: { c: [1, $a], d: "\n" }) @d(e: E) {
                ...F
                ... on T {
                  g
                }
                ... {
                  h
                }
              }
            }

            fragment F on T @d {
              i
            }

            {
              j
            }
            """.ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void Printing_and_parsing_again_gives_the_same_text()
    {
        var random = new Random(Seed.OfRun);
        var generator = new DocumentGenerator(GeneratedSchema.Schema, random);
        for (var i = 0; i < 300; i++)
        {
            var once = Printer.Print(Parser.Parse(generator.Document()));
            Assert.Equal(once, Printer.Print(Parser.Parse(once)));
        }
        var sdl = Printer.Print(Parser.Parse(GeneratedSchema.Sdl + "\"d\" schema { query: Query } extend type Cat @x "
            + "\"\"\"a\n  b\"\"\" type Z { \"d\" a(\"d\" b: Int): Int }"));
        Assert.Equal(sdl, Printer.Print(Parser.Parse(sdl)));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("two\nlines")]
    [InlineData("  indented")]
    [InlineData("ends with \"")]
    [InlineData("ends with \\")]
    [InlineData("holds \"\"\" quotes")]
    [InlineData("\n starts with a line end")]
    [InlineData("carriage \r return")]
    [InlineData("tab\tand \u0007 bell")]
    [InlineData("a\n\n  b\n c")]
    [InlineData("")]
    public void Any_text_survives_as_block_string(string text)
    {
        var printed = Printer.Print(new StringValue(0, text, Block: true));
        Assert.Equal(text, Assert.IsType<StringValue>(Parser.ParseValue(printed)).Value);
    }
}

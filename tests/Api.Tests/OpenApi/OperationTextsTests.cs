using Microsoft.OpenApi;
using Tributary.Api.OpenApi;

namespace Tributary.Api.Tests.OpenApi;

public class OperationTextsTests
{
    private const string Page =
        """
        # Parameters

        - `limit` (query, integer): How many.

        # readThing: Read a thing

        One paragraph
        over two lines.

        - `id` (path, string, for example `["a"]`): The id, at most
          {{maxBytes}} bytes.
        - `limit`
        - `kind` (query, boolean, required): A flag.

        # postThing: Keep a thing

        Answers late.

        - `limit`

        ## Request body

        One object.

        ```json
        {"a":1}
        {"b":2}
        ```

        ## Answer

        ```json
        {}
        ```
        """;

    [Fact]
    public void A_page_is_read_as_the_operations_that_it_describes()
    {
        var texts = Read(Page);
        var read = texts.Of("readThing");
        var post = texts.Of("postThing");
        texts.CheckAllUsed();

        Assert.Equal(("things", "Read a thing", "One paragraph over two lines."),
            (read.Tag, read.Summary, read.Description));
        Assert.Equal(
            [
                new("id", ParameterLocation.Path, JsonSchemaType.String, "The id, at most 7 bytes.", true, "[\"a\"]"),
                new("limit", ParameterLocation.Query, JsonSchemaType.Integer, "How many."),
                new("kind", ParameterLocation.Query, JsonSchemaType.Boolean, "A flag.", true),
            ],
            read.Parameters);
        Assert.Null(read.Request);
        Assert.Equal(("One object.", "{\"a\":1}\n{\"b\":2}\n", "{}\n"),
            (post.Request, post.RequestExample, post.AnswerExample));
    }

    [Fact]
    public void An_operation_without_a_text_is_named() =>
        Assert.Contains("putThing", Refusal(() => Read(Page).Of("putThing")));

    [Fact]
    public void A_text_without_a_route_is_named()
    {
        var texts = Read(Page);
        texts.Of("readThing");

        Assert.Contains("postThing", Refusal(texts.CheckAllUsed));
    }

    [Theory]
    [InlineData("One paragraph", "{{other}}", "{{other}}")]
    [InlineData("- `kind` (query, boolean, required): A flag.", "- `kind`", "'`kind`' is no parameter")]
    [InlineData("- `kind` (query, boolean, required): A flag.", "- `kind` (body, boolean): A flag.", "is no parameter")]
    [InlineData("# postThing: Keep a thing", "# readThing: Keep a thing", "readThing is described twice")]
    [InlineData("# postThing: Keep a thing", "# postThing", "# id: summary")]
    [InlineData("Answers late.", "", "a paragraph")]
    [InlineData("## Answer", "## Answers", "## Request body or ## Answer")]
    [InlineData("{}\n```", "{}", "```")]
    [InlineData("# Parameters\n", "# Parameters\n\n- `size` (query, integer): How large.", "has the parameter size")]
    public void A_page_that_breaks_the_form_is_refused(string text, string other, string says)
    {
        var page = Page.ReplaceLineEndings("\n");
        Assert.Contains(text, page);

        Assert.Contains(says, Refusal(() => Read(page.Replace(text, other))));
    }

    private static OperationTexts Read(string page) =>
        OperationTexts.Read([("things", page)], new Dictionary<string, int> { ["maxBytes"] = 7 });

    private static string Refusal(Action action) => Assert.Throws<FormatException>(action).Message;
}

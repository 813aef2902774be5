using Tributary.Grains.Tests.Contributions;
using Tributary.Pipeline.Definitions;

namespace Tributary.Grains.Tests.Definitions;

public sealed class JsonPointerTests
{
    // The document of RFC 6901, section 5, with scalars in place of the whole document.
    private const string Document =
        """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"deep":{"list":[[1,2],[3,{"x":9}]]},"0":10}""";

    [Theory]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/foo/1", "\"baz\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    [InlineData("/deep/list/1/1/x", "9")]
    [InlineData("/0", "10")]
    [InlineData("/foo/2", "null")]
    [InlineData("/foo/00", "null")]
    [InlineData("/foo/-", "null")]
    [InlineData("/foo/bar", "null")]
    [InlineData("/m~01n", "null")]
    public void A_pointer_finds_its_value(string pointer, string found) =>
        Assert.Equal($"[{found}]", Calculations.GroupOf(Document, pointer));

    [Theory]
    [InlineData("foo")]
    [InlineData("/a~")]
    [InlineData("/a~2")]
    [InlineData("#/foo")]
    public void A_malformed_pointer_is_refused(string text)
    {
        Assert.False(JsonPointer.TryParse(text, out _));
        var error = Assert.Throws<TributaryException>(() => JsonPointer.Parse(text));
        Assert.Equal("pointer_invalid", error.Code);
    }

    [Fact]
    public void A_pointer_of_too_many_steps_is_refused()
    {
        Assert.True(JsonPointer.TryParse(string.Concat(Enumerable.Repeat("/a", 64)), out _));
        Assert.False(JsonPointer.TryParse(string.Concat(Enumerable.Repeat("/a", 65)), out _));
    }

    [Fact]
    public void Escaped_names_in_the_body_are_found() =>
        Assert.Equal("[1]", Calculations.GroupOf("""{"\u0066\u006fo":1}""", "/foo"));

    [Fact]
    public void The_last_of_two_equal_keys_counts() =>
        Assert.Equal("[2]", Calculations.GroupOf("""{"a":1,"a":2}""", "/a"));

    [Fact]
    public void A_later_key_replaces_all_that_was_below_the_former() =>
        Assert.Equal("[null,2]", Calculations.GroupOf("""{"a":{"b":1},"a":{"c":2}}""", "/a/b", "/a/c"));

    [Fact]
    public void A_value_and_what_is_below_it_can_both_be_wanted()
    {
        Assert.Equal("[1,null]", Calculations.GroupOf("""{"a":1}""", "/a", "/a/b"));
        Assert.Equal("[2]", Calculations.GroupOf("""{"a":{"b":2}}""", "/a/b"));
    }
}

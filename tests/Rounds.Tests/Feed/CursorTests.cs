using Tributary.Feed;

namespace Tributary.Rounds.Tests.Feed;

public class CursorTests
{
    private static readonly Guid History = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");

    [Theory]
    [InlineData(0)]
    [InlineData(65_537)]
    [InlineData(long.MaxValue)]
    public void A_cursor_says_the_same_after_a_round_trip(long position)
    {
        var text = new Cursor(History, new Position(position)).ToString();

        Assert.Equal(Cursor.TextLength, text.Length);
        Assert.Equal(position, Cursor.Parse(text, History).Value);
    }

    [Fact]
    public void The_text_of_version_1_stays_as_it_is() =>
        Assert.Equal("AQ-PrVvZy0afoWVwhncolQ4AAAAAAAEAAg", new Cursor(History, Position.Of(1, 2)).ToString());

    [Fact]
    public void Start_is_before_every_message() => Assert.Equal(Position.Start, Cursor.Parse("start", History));

    [Fact]
    public void A_cursor_of_another_database_is_told_apart_from_garbage()
    {
        var other = new Cursor(Guid.NewGuid(), new Position(7)).ToString();

        Assert.Equal(
            "cursor_of_another_history", Assert.Throws<TributaryException>(() => Cursor.Parse(other, History)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("AQ-PrVvZy0afoWVwhncolQ4AAAAAAAEAA")]
    [InlineData("AQ-PrVvZy0afoWVwhncolQ4AAAAAAAEAAg=")]
    [InlineData("Ag-PrVvZy0afoWVwhncolQ4AAAAAAAEAAg")]
    [InlineData("AQ-PrVvZy0afoWVwhncolQ7_AAAAAAEAAg")]
    [InlineData("AQ+PrVvZy0afoWVwhncolQ4AAAAAAAEAAg")]
    [InlineData("\u00e4Q-PrVvZy0afoWVwhncolQ4AAAAAAAEAAg")]
    public void Garbage_is_refused_with_a_code(string text)
    {
        var error = Assert.Throws<TributaryException>(() => Cursor.Parse(text, History));

        Assert.Equal("cursor_invalid", error.Code);
        Assert.Contains("allowed: a cursor that this server gave", error.Message);
    }
}

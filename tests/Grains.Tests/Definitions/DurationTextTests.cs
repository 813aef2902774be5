using Tributary.Pipeline.Definitions;

namespace Tributary.Grains.Tests.Definitions;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1000ms", 1_000L)]
    [InlineData("1s", 1_000L)]
    [InlineData("90s", 90_000L)]
    [InlineData("2m", 120_000L)]
    [InlineData("3h", 10_800_000L)]
    [InlineData("1d", 86_400_000L)]
    [InlineData("366d", 31_622_400_000L)]
    [InlineData("8784h", 31_622_400_000L)]
    [InlineData("31622400000ms", 31_622_400_000L)]
    public void A_number_and_a_unit_are_a_duration_from_a_second_to_a_leap_year(string text, long ms) =>
        Assert.Equal(ms, DurationText.ParseMs(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5")]
    [InlineData("999ms")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1w")]
    [InlineData("1sm")]
    [InlineData("31622400001ms")]
    [InlineData("8785h")]
    [InlineData("99999999999999999999d")]
    public void Everything_else_is_none(string? text) => Assert.Null(DurationText.ParseMs(text));
}

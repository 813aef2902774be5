using System.Text;
using Tributary.Pipeline.Contributions;

namespace Tributary.Grains.Tests.Contributions;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("1970-01-01", 0L)]
    [InlineData("1970-01-02", 86_400_000L)]
    [InlineData("1970-01-01T00:00:00.2Z", 200L)]
    [InlineData("1970-01-01T00:00:00.25Z", 250L)]
    [InlineData("1970-01-01T00:00:00.123456789Z", 123L)]
    [InlineData("1970-01-01T00:00:00.0019999Z", 1L)]
    [InlineData("1970-01-01T01:02:03Z", 3_723_000L)]
    [InlineData("1970-01-01T23:59:60Z", 86_400_000L)]
    [InlineData("1970-01-01T00:00:00+00:01", -60_000L)]
    [InlineData("1970-01-01T00:00:00-05:30", 19_800_000L)]
    [InlineData("1969-12-31T23:59:59.999Z", -1L)]
    [InlineData("0001-01-01T00:00:00Z", -62_135_596_800_000L)]
    [InlineData("9999-12-31T23:59:59.999Z", 253_402_300_799_999L)]
    public void A_time_is_read_to_the_millisecond_and_no_later(string text, long ms) =>
        Assert.Equal(ms, EventTime.ParseIso(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("1970-01-01T00:60:00Z")]
    [InlineData("1970-01-01T00:00:61Z")]
    [InlineData("1970-01-01T00:00:00+24:00")]
    [InlineData("1970-01-01T00:00:00+00:60")]
    [InlineData("1970-00-01")]
    [InlineData("1970-13-01")]
    [InlineData("1970-01-00")]
    [InlineData("0000-01-01")]
    public void A_part_beyond_its_range_makes_no_time(string text) =>
        Assert.Null(EventTime.ParseIso(Encoding.ASCII.GetBytes(text)));
}

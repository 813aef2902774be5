using System.Text;
using Tributary.Pipeline.Aggregates;

namespace Tributary.Grains.Tests.Contributions;

public sealed class GroupKeyTests
{
    [Theory]
    [InlineData("[]", "[]")]
    [InlineData(" [ \"us\" , 4.0, null,true ] ", "[\"us\",4,null,true]")]
    public void A_group_that_is_asked_for_takes_the_stored_form(string asked, string stored) =>
        Assert.Equal(stored, GroupKey.Normalise(Encoding.UTF8.GetBytes(asked)));

    [Theory]
    [InlineData("")]
    [InlineData("us")]
    [InlineData("\"us\"")]
    [InlineData("[\"us\"")]
    [InlineData("[] []")]
    [InlineData("[{}]")]
    [InlineData("[[1]]")]
    [InlineData("[1e999]")]
    [InlineData("[\"\\ud800\"]")]
    public void What_is_no_group_is_refused(string asked) =>
        Assert.Equal(
            "group_invalid",
            Assert.Throws<TributaryException>(() => GroupKey.Normalise(Encoding.UTF8.GetBytes(asked))).Code);

    [Fact]
    public void A_group_that_is_too_long_is_refused() =>
        Assert.Equal(
            "group_invalid",
            Assert
                .Throws<TributaryException>(() =>
                    GroupKey.Normalise(Encoding.UTF8.GetBytes($"[\"{new string('x', 1021)}\"]")))
                .Code);
}

using Microsoft.AspNetCore.Http;
using Tributary.Api.Errors;
using Tributary.Api.GraphQL;
using Tributary.Api.GraphQL.Live;
using Tributary.GraphQL;
using Tributary.GraphQL.Binding;
using Tributary.Storage.Messages;
using ErrorCodes = Tributary.GraphQL.ErrorCodes;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>What one answer may hold, when to come again, what filters let through, feeds that are left.</summary>
public class RequestLimitTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void An_answer_takes_as_many_bytes_as_it_may_and_no_more()
    {
        var limits = new RequestLimits(1_000);
        Assert.True(limits.TryTake(400, isFirst: true));
        Assert.False(limits.TryTake(601, isFirst: false));
        Assert.True(limits.TryTake(600, isFirst: false));
        Assert.False(limits.TryTake(1, isFirst: false));
        Assert.Equal(
            ErrorCodes.Limit, Assert.Throws<GraphQLException>(() => limits.TryTake(1, isFirst: true)).Error.Code);
    }

    [Fact]
    public void The_first_message_of_a_page_is_let_in_while_there_is_any_room()
    {
        var limits = new RequestLimits(1_000);
        Assert.True(limits.TryTake(999, isFirst: false));
        Assert.True(limits.TryTake(5_000, isFirst: true));
        Assert.Throws<GraphQLException>(() => limits.TryTake(1, isFirst: true));
        limits.Renew();
        Assert.True(limits.TryTake(1_000, isFirst: false));
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(900, "1")]
    [InlineData(1_000, "1")]
    [InlineData(1_001, "2")]
    [InlineData(2_500, "3")]
    public async Task A_time_to_come_again_is_never_too_early(int retryAfterMs, string header)
    {
        var context = new DefaultHttpContext();
        await Problem.Of("overloaded", "x").WriteAsync(context, TimeSpan.FromMilliseconds(retryAfterMs));

        Assert.Equal(header, context.Response.Headers.RetryAfter.ToString());
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public void A_time_of_a_filter_begins_with_its_first_moment_and_ends_before_its_last(int ms, bool isIn)
    {
        var matcher = new FilterMatcher(
            new MessageFilter(
                From: DateTimeOffset.FromUnixTimeMilliseconds(10), Until: DateTimeOffset.FromUnixTimeMilliseconds(20)),
            _ => throw new InvalidOperationException("There is no condition on the body."));
        var message = new StoredMessage(
            new Position(1), new MessageId(Guid.CreateVersion7()), "s", "i", 1,
            DateTimeOffset.FromUnixTimeMilliseconds(ms), "application/json", "{}"u8.ToArray(), []);

        Assert.Equal(isIn, matcher.Matches(message));
    }

    [Fact]
    public async Task A_feed_that_is_left_is_disposed()
    {
        var isDisposed = false;
        var bindings = new SchemaBindings();
        bindings.Object("Query").Field("a", _ => 1);
        bindings.Object("Subscription").Feed("events", _ => Events());
        var engine = new GraphQLEngine("type Query { a: Int } type Subscription { events: Int }", bindings);
        await foreach (var _ in engine.SubscribeAsync(new GraphQLRequest("subscription { events }"), Cancellation))
            break;

        Assert.True(isDisposed);

        async IAsyncEnumerable<int> Events()
        {
            try
            {
                yield return 1;
                await Task.Yield();
                yield return 2;
            }
            finally
            {
                isDisposed = true;
            }
        }
    }
}

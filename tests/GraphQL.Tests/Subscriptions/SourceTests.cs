using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Tests.Subscriptions;

/// <summary>What becomes of the source of a subscription, however the subscription ends.</summary>
public sealed class SourceTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_is_disposed_when_its_subscriber_leaves()
    {
        var source = new Source(int.MaxValue);
        await foreach (var result in Subscribe(source))
        {
            Assert.Equal("""{"data":{"events":1}}""", result.ToString());
            Assert.Equal(0, source.DisposedCount);
            break;
        }

        Assert.Equal(1, source.DisposedCount);
        source.IsTokenReleased();
    }

    [Fact]
    public async Task A_source_is_disposed_when_it_has_ended()
    {
        var source = new Source(2);

        Assert.Equal(["""{"data":{"events":1}}""", """{"data":{"events":2}}"""], await ReadAsync(source));
        Assert.Equal(1, source.DisposedCount);
        source.IsTokenReleased();
    }

    [Fact]
    public async Task A_source_is_disposed_when_it_has_failed()
    {
        var source = new Source(1, new GraphQLException("The source broke.", "SOURCE"));

        Assert.Equal(
            [
                """{"data":{"events":1}}""",
                """{"errors":[{"message":"The source broke.","extensions":{"code":"SOURCE"}}],"data":null}""",
            ],
            await ReadAsync(source));
        Assert.Equal(1, source.DisposedCount);
        source.IsTokenReleased();
    }

    private static async Task<List<string>> ReadAsync(Source source)
    {
        var results = new List<string>();
        await foreach (var result in Subscribe(source)) results.Add(result.ToString());
        return results;
    }

    private static IAsyncEnumerable<ExecutionResult> Subscribe(Source source)
    {
        var bindings = new SchemaBindings();
        bindings.Object("Query").Field("a", _ => 1);
        bindings.Object("Subscription").Stream("events", context =>
        {
            source.Token = context.CancellationToken;
            return source;
        });
        var engine = new GraphQLEngine("type Query { a: Int } type Subscription { events: Int }", bindings);
        return engine.SubscribeAsync(new GraphQLRequest("subscription { events }"), Cancellation);
    }

    /// <summary>Counts, and looks at no token: only being disposed tells it that nobody reads any more.</summary>
    private sealed class Source(int to, Exception? end = null) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public CancellationToken Token { get; set; }

        public int DisposedCount { get; private set; }

        public int Current { get; private set; }

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync()
        {
            if (Current < to)
            {
                Current++;
                return new(true);
            }
            return end is null ? new(false) : ValueTask.FromException<bool>(end);
        }

        public ValueTask DisposeAsync()
        {
            DisposedCount++;
            return default;
        }

        /// <summary>The token's source was let go: its registration with the caller's token goes with it.</summary>
        public void IsTokenReleased() => Assert.Throws<ObjectDisposedException>(() => Token.WaitHandle);
    }
}

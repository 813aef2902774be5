using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Tests.Engine;

public sealed class KnownKeysTests
{
    /// <summary>There are more references than places, and each has its own key.</summary>
    [Fact]
    public void Every_reference_has_its_own_key_however_many_there_are()
    {
        var references = Enumerable.Range(0, 10_000)
            .ToDictionary(static _ => (object)new Reference(), static i => $"key {i}");
        var keys = new KnownKeys(reference => references[reference]);

        for (var pass = 0; pass < 2; pass++)
            Assert.All(references, pair => Assert.Equal(pair.Value, keys.Of(pair.Key)));
    }

    [Fact]
    public void A_reference_that_is_called_again_is_read_once()
    {
        var readCount = 0;
        var keys = new KnownKeys(_ => $"key {++readCount}");
        var reference = new Reference();

        Assert.Equal("key 1", keys.Of(reference));
        Assert.Equal("key 1", keys.Of(reference));
        Assert.Equal(1, readCount);
    }

    private sealed class Reference;
}

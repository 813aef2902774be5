using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;

namespace Tributary.Silo.Composition;

/// <summary>The feed of committed messages, and the changes that rounds make.</summary>
internal static class FeedServices
{
    public static IServiceCollection AddTributaryFeed(this IServiceCollection services) => services
        .AddSingleton<FeedStart>()
        // For grains; known once the engine has joined, before any grain is activated.
        .AddSingleton<FeedTail>(static host => host.GetRequiredService<AfterStart<FeedTail>>().Value)
        .AddSingleton<ChangeWatch>()
        .AddSingleton<NodeChanges>();
}

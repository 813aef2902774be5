using Tributary.Feed;
using Tributary.Pipeline.Reading;
using Tributary.Silo.Hosting;

namespace Tributary.Silo.Composition;

/// <summary>The tail of what is committed, and what rounds of this process change.</summary>
internal static class FeedServices
{
    public static IServiceCollection AddTributaryFeed(this IServiceCollection services) => services
        .AddSingleton<FeedStart>()
        // For grains; known once the engine has joined, before any grain is activated.
        .AddSingleton<FeedTail>(static host => host.GetRequiredService<AfterStart<FeedTail>>().Value)
        .AddSingleton<ChangeWatch>();
}

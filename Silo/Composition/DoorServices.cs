using Tributary.Api;
using Tributary.Pipeline.Intake;
using Tributary.Silo.Hosting;

namespace Tributary.Silo.Composition;

/// <summary>What brings messages in: the door for posts, and brokers.</summary>
internal static class DoorServices
{
    public static IServiceCollection AddTributaryDoors(this IServiceCollection services) => services
        .AddSingleton<NodeDoors>()
        .AddSingleton<Processing>()
        .AddSingleton<Listeners>()
        .AddSingleton<ApiNodes>()
        // Known once the node has started; others in the host post through the door.
        .AddSingleton(static host => host.GetRequiredService<AfterStart<ApiNode>>().Value)
        .AddSingleton<MessageIntake>(static host => host.GetRequiredService<ApiNode>().Intake);
}

using System.Text;
using Tributary.Messages;
using Tributary.TestingHost.Simulation;

namespace Tributary.Rounds.Tests.Engine;

internal static class Messages
{
    public static Message New(SimulationWorld world, string? externalId = null, string body = "{}") => new()
    {
        Id = new MessageId(world.NewId()),
        Source = "test",
        Item = "item",
        ExternalId = externalId,
        MediaType = "application/json",
        Body = Encoding.UTF8.GetBytes(body),
        ReceivedAt = world.Time.GetUtcNow(),
    };
}

using System.Text;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// Sends parcels, has those that failed tried again, by two callers at once, and reads what it was promised.
/// </summary>
public sealed class ParcelClient(IPlatformRun scenario)
{
    private readonly Random random = scenario.World.Random;

    public async Task RunAsync()
    {
        for (var left = random.Next(5, 20); left > 0; left--)
        {
            await scenario.World.Delay(TimeSpan.FromMilliseconds(random.Next(80)));
            await (random.Next(6) switch
            {
                0 => Task.WhenAll(RetryAsync(), RetryAsync()),
                1 => ReadAsync(),
                _ => SendAsync(),
            });
        }
    }

    private async Task SendAsync()
    {
        var parcel = NewParcel();
        scenario.Parcels.Sent.Add(parcel.Message.Id, parcel);
        if (await scenario.AskAsync(grains => grains.GetGrain<IParcelGrain>(parcel.Message.Item).Receive(parcel)) is
            { } answered)
            scenario.Parcels.Acknowledged(scenario.Database, parcel, answered.Answer);
    }

    private async Task RetryAsync()
    {
        var key = Key();
        var limit = random.Next(1, 5);
        if (await scenario.AskAsync(grains => grains.GetGrain<IParcelGrain>(key).Retry(limit)) is { } answered)
            scenario.Parcels.Retried(answered.Answer);
    }

    private async Task ReadAsync()
    {
        var key = Key();
        var promised = scenario.Parcels.CountOf(key);
        if (await scenario.AskAsync(grains => grains.GetGrain<IParcelGrain>(key).Count()) is { } answered
            && answered.Answer < promised)
            throw new InvalidOperationException($"{key} was promised {promised} parcels and reads {answered.Answer}.");
        await ParcelChecks.LedgerBalancesAsync(scenario);
    }

    private Parcel NewParcel()
    {
        var amount = random.Next(100);
        var kind = random.Next(6) switch { 0 => ParcelKind.Heavy, 1 => ParcelKind.Toxic, _ => ParcelKind.Plain };
        var message = new Message
        {
            Id = new MessageId(scenario.World.NewId()),
            Source = "parcels",
            Item = Key(),
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes($"{{\"amount\":{amount}}}"),
            ReceivedAt = scenario.World.Time.GetUtcNow(),
        };
        return new Parcel(message, kind, $"parcels {random.Next(3)}", amount);
    }

    private string Key() => $"depot {random.Next(3)}";
}

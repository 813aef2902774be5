using Tributary.Items;
using Tributary.Pipeline.Intake;

namespace Tributary.Bench.Measures;

/// <summary>Fills a store through the platform's message intake before the measurement.</summary>
internal static class StoredMessages
{
    private const int InFlightCount = 4_096;
    private const int BodiesCount = 50_000;

    /// <summary>
    /// Stores <paramref name="count"/> messages, each with its own item. Returns the position of each
    /// <paramref name="placeEvery"/>th, ascending.
    /// </summary>
    public static async Task<Position[]> LoadAsync(
        IMessageDoor intake, int count, int placeEvery, CancellationToken cancellation)
    {
        var bodies = SampleMessages.Make(Math.Min(count, BodiesCount));
        var places = new List<Position>();
        var waiting = new Queue<ValueTask<Receipt>>();
        for (var (sent, taken) = (0, 0); taken < count; taken++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (; sent < count && waiting.Count < InFlightCount; sent++)
                waiting.Enqueue(
                    intake.AcceptAsync(new IntakeRequest { Source = "bench", Body = bodies[sent % bodies.Length] }));
            var receipt = await waiting.Dequeue();
            if (taken % placeEvery == 0)
                places.Add(receipt.Position);
        }

        return [.. places.Order()];
    }
}

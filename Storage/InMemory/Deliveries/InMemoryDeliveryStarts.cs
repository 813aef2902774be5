using Tributary.Storage.Deliveries;

namespace Tributary.Storage.InMemory.Deliveries;

/// <inheritdoc cref="IDeliveryStarts"/>
internal sealed class InMemoryDeliveryStarts(InMemoryDatabase database, InMemoryGate gate) : IDeliveryStarts
{
    public ValueTask<IReadOnlyList<DeliveryStart>> ReadAsync(CancellationToken cancellation) =>
        gate.RunAsync<IReadOnlyList<DeliveryStart>>(
            StoreCall.DeliveryStarts, () => [.. database.DeliveryStartRows.Values]);

    public async ValueTask WriteAsync(IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation) =>
        await gate.RunAsync(StoreCall.DeliveryStarts, () =>
        {
            foreach (var start in starts)
            {
                if (start.StartsCount > 0)
                    database.DeliveryStartRows[(start.Source, start.Fingerprint)] = start;
                else
                    database.DeliveryStartRows.Remove((start.Source, start.Fingerprint));
            }

            return starts.Count;
        });

    public async ValueTask ClearAsync(CancellationToken cancellation) => await gate.RunAsync(
        StoreCall.DeliveryStarts,
        () =>
        {
            database.DeliveryStartRows.Clear();
            return true;
        });
}

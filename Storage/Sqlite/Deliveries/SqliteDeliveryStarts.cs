using Tributary.Storage.Deliveries;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Deliveries;

/// <inheritdoc cref="IDeliveryStarts"/>
internal sealed class SqliteDeliveryStarts(SqliteWriter writer, SqliteReaders readers) : IDeliveryStarts
{
    public ValueTask<IReadOnlyList<DeliveryStart>> ReadAsync(
        CancellationToken cancellation) => readers.ReadAsync<IReadOnlyList<DeliveryStart>>(
        connection =>
        {
            var starts = new List<DeliveryStart>();
            var select = connection.Prepare("select source, fingerprint, starts, is_alone from delivery_starts");
            while (select.Step())
            {
                starts.Add(new DeliveryStart(
                    select.Text(0), Hash128.Read(select.Span(1)), select.Int32(2), select.Int32(3) != 0));
            }

            return starts;
        },
        cancellation);

    public async ValueTask WriteAsync(
        IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation) => await writer.WriteAsync(
        connection =>
        {
            foreach (var start in starts)
            {
                connection.Prepare("delete from delivery_starts where source = ? and fingerprint = ?")
                    .Bind(start.Source).Bind(start.Fingerprint).Run();
                if (start.StartsCount == 0)
                    continue;
                connection.Prepare(
                        "insert into delivery_starts(source, fingerprint, starts, is_alone) values (?, ?, ?, ?)")
                    .Bind(start.Source).Bind(start.Fingerprint).Bind(start.StartsCount).Bind(start.IsAlone ? 1L : 0L)
                    .Run();
            }

            return starts.Count;
        },
        cancellation);

    public async ValueTask ClearAsync(CancellationToken cancellation) =>
        await writer.WriteAsync(
            static connection => connection.Prepare("delete from delivery_starts").Run(), cancellation);
}

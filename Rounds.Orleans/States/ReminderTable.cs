using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>Orleans' reminder table on Tributary's database.</summary>
/// <param name="newVersion">Makes versions.</param>
internal sealed class ReminderTable(IServiceProvider services, Func<Guid> newVersion) : IReminderTable
{
    private const string ETagFormat = "N";

    // Orleans makes the table before the database is open, and starts it afterwards.
    private IGrainReminders reminders = null!;

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        reminders = services.GetRequiredService<IGrainReminders>();
        return Task.CompletedTask;
    }

    public async Task<ReminderTableData> ReadRows(GrainId grainId) =>
        Data(await reminders.ReadAsync(grainId.ToString(), CancellationToken.None));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) =>
        Data(await reminders.ReadAsync(begin, end, CancellationToken.None));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        await reminders.FindAsync(grainId.ToString(), reminderName, CancellationToken.None) is { } found
            ? Entry(found) : null;

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var version = newVersion();
        await reminders.UpsertAsync(
            new GrainReminder(
                entry.GrainId.ToString(), entry.ReminderName, entry.GrainId.GetUniformHashCode(),
                entry.StartAt.ToUniversalTime(), entry.Period, version),
            CancellationToken.None);
        return version.ToString(ETagFormat, CultureInfo.InvariantCulture);
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        Guid.TryParseExact(eTag, ETagFormat, out var version)
        && await reminders.RemoveAsync(grainId.ToString(), reminderName, version, CancellationToken.None);

    public async Task TestOnlyClearTable() => await reminders.ClearAsync(CancellationToken.None);

    private static ReminderTableData Data(IReadOnlyList<GrainReminder> rows) => new(rows.Select(Entry));

    private static ReminderEntry Entry(GrainReminder row) => new()
    {
        GrainId = GrainId.Parse(row.Grain, CultureInfo.InvariantCulture),
        ReminderName = row.Name,
        StartAt = row.StartAt,
        Period = row.Period,
        ETag = row.Version.ToString(ETagFormat, CultureInfo.InvariantCulture),
    };
}

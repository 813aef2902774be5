using System.Text;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>Sends sheets to shelves, wherever these are. The database refuses some of the sheets.</summary>
public interface IDeskGrain : IGrainWithStringKey
{
    ValueTask Send(Pile pile);
}

/// <summary>Stores what desks send, one message for each sheet.</summary>
public interface IShelfGrain : IGrainWithStringKey
{
    ValueTask Put(Sheet sheet);
}

/// <param name="Id">The id of its message.</param>
/// <param name="IsBad">True for a sheet that the database refuses.</param>
[Immutable]
public sealed record Sheet(string Shelf, string Id, bool IsBad);

[Immutable]
public sealed record Pile(IReadOnlyList<Sheet> Sheets);

public sealed record DeskState(IReadOnlyList<Sheet> Sent);

public sealed record ShelfState(IReadOnlyList<string> Ids);

public sealed class DeskGrain : RoundGrain<DeskState>, IDeskGrain
{
    protected override DeskState Initial() => new([]);

    public ValueTask Send(Pile pile)
    {
        State = new DeskState([.. State.Sent, .. pile.Sheets]);
        foreach (var sheet in pile.Sheets)
            Send(GetGrain<IShelfGrain>(sheet.Shelf).Put(sheet));
        return ValueTask.CompletedTask;
    }
}

public sealed class ShelfGrain : RoundGrain<ShelfState>, IShelfGrain
{
    protected override ShelfState Initial() => new([]);

    public ValueTask Put(Sheet sheet)
    {
        var message = new Message
        {
            Id = MessageId.TryParse(sheet.Id, out var id) ? id : throw new ArgumentException($"{sheet.Id} is no id."),
            Source = "shelves",
            Item = Key,
            MediaType = "application/json",
            Body = Encoding.UTF8.GetBytes(sheet.IsBad ? "{\"poison\":true}" : "{}"),
            ReceivedAt = Now,
        };
        State = new ShelfState([.. State.Ids, sheet.Id]);
        Append(message, State.Ids.Count, []);
        return ValueTask.CompletedTask;
    }
}

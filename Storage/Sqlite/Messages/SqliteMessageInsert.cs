using Tributary.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>Inserts rows of <c>messages</c>.</summary>
internal readonly struct SqliteMessageInsert(SqliteConnection connection)
{
    private const int StackBytes = 160;

    private readonly SqliteStatement statement = connection.Prepare(
        "insert into messages(position, id, source, item, item_sequence, external_hash, received_at, media_type, body, "
        + "generations) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    public void Run(Position position, AppendedMessage appended, UInt128? externalHash)
    {
        var message = appended.Message;
        statement
            .Bind(position.Value)
            .Bind(message.Id.Value)
            .Bind(message.Source)
            .Bind(message.Item)
            .Bind(appended.ItemSequence);
        if (externalHash is { } hash)
            statement.Bind(hash);
        else
            statement.BindNull();

        statement.Bind(message.ReceivedAt).Bind(message.MediaType).Bind(message.Body);
        var max = GenerationList.MaxBytes(appended.Generations.Count);
        Span<byte> generations = max <= StackBytes ? stackalloc byte[StackBytes] : new byte[max];
        statement.Bind(generations[..GenerationList.Write(appended.Generations, generations)]).Run();
    }
}

using System.Globalization;
using System.Text;
using SQLitePCL;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Sqlite;

/// <summary>
/// A prepared statement, directly on the library: an insert costs a bind per column and a step, and allocates nothing.
/// Parameters are bound from left to right. After <see cref="Run"/>, or after the last row, the statement can be bound
/// again.
/// </summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt statement) : IDisposable
{
    private byte[] buffer = new byte[1024];
    private int bound;

    public SqliteStatement Bind(long value)
    {
        connection.Check(raw.sqlite3_bind_int64(statement, ++bound, value));
        return this;
    }

    public SqliteStatement Bind(string value)
    {
        var max = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (buffer.Length < max)
            buffer = new byte[max];
        var length = Encoding.UTF8.GetBytes(value, buffer);
        // An empty span has no address; the library would take it for NULL.
        connection.Check(length == 0
            ? raw.sqlite3_bind_text(statement, ++bound, "")
            : raw.sqlite3_bind_text(statement, ++bound, buffer.AsSpan(0, length)));
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        connection.Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(statement, ++bound, 0)
            : raw.sqlite3_bind_blob(statement, ++bound, value));
        return this;
    }

    public SqliteStatement Bind(ReadOnlyMemory<byte> value) => Bind(value.Span);

    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(bytes);
    }

    public SqliteStatement Bind(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[Hash128.LengthBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Bind(bytes);
    }

    public SqliteStatement Bind(DateTimeOffset value) => Bind(Instant.ToTicks(value));

    public SqliteStatement BindNull()
    {
        connection.Check(raw.sqlite3_bind_null(statement, ++bound));
        return this;
    }

    private SqliteStatement Bind(object? value) => value switch
    {
        null => BindNull(),
        string text => Bind(text),
        long number => Bind(number),
        bool flag => Bind(flag ? 1L : 0L),
        double number => Bind(number),
        byte[] bytes => Bind(bytes.AsSpan()),
        ReadOnlyMemory<byte> bytes => Bind(bytes.Span),
        _ => throw new ArgumentException($"A parameter is of type {value.GetType()}.", nameof(value)),
    };

    private SqliteStatement Bind(double value)
    {
        connection.Check(raw.sqlite3_bind_double(statement, ++bound, value));
        return this;
    }

    /// <summary>Goes to the next row; false, and ready to be bound again, when there is none.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
            return true;

        Reset();
        connection.Check(result);
        return false;
    }

    /// <summary>Runs a statement that returns no rows; returns how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
            // Rows that the statement returns are skipped: it runs for its changes.
        }

        return connection.Changes;
    }

    /// <summary>
    /// Runs a statement whose parameters are written <c>$1</c>, <c>$2</c> and so on, in any order and any number of
    /// times.
    /// </summary>
    /// <exception cref="SqliteException">The statement has other parameters, or more than are given.</exception>
    public void Run(IReadOnlyList<object?> parameters)
    {
        var named = 0;
        for (var i = 0; i < parameters.Count; i++)
        {
            bound =
                raw.sqlite3_bind_parameter_index(statement, string.Create(CultureInfo.InvariantCulture, $"${i + 1}"))
                - 1;
            if (bound < 0)
                continue;
            named++;
            Bind(parameters[i]);
        }

        if (named != raw.sqlite3_bind_parameter_count(statement))
            throw new SqliteException(
                connection.File,
                raw.SQLITE_ERROR,
                raw.SQLITE_ERROR,
                systemError: 0,
                $"the statement has parameters beyond $1 to ${parameters.Count}");
        Run();
    }

    /// <summary>Makes the statement ready to be bound again before its rows have ended.</summary>
    public void Reset()
    {
        bound = 0;
        // The result repeats the error of the last step, which was reported then.
        _ = raw.sqlite3_reset(statement);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public ReadOnlySpan<byte> Span(int column) => raw.sqlite3_column_blob(statement, column);

    public Guid Guid(int column) => new(Span(column), bigEndian: true);

    public DateTimeOffset Time(int column) => Instant.FromTicks(Int64(column));

    public void Dispose() => statement.Dispose();
}

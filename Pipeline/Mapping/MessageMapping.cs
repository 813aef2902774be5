namespace Tributary.Pipeline.Mapping;

/// <summary>How a listener's delivery becomes a message: the configuration's <c>message</c>.</summary>
public sealed record MessageMapping
{
    public MessageParser Parser { get; init; } = new MessageParser.Json();

    /// <summary>The place of the content's media type in the metadata, or null.</summary>
    public MimePath? Mime { get; init; }

    /// <summary>
    /// Fields by their logical name: the fields of <see cref="MappedField"/>, and fields that users add.
    /// </summary>
    public IReadOnlyDictionary<string, MappedField> Fields { get; init; } = new Dictionary<string, MappedField>();
}

/// <summary>How the bytes of a delivery are read.</summary>
public abstract record MessageParser
{
    /// <summary>One JSON object in UTF-8.</summary>
    public sealed record Json : MessageParser;

    /// <summary>
    /// A text in UTF-8 that is cut at <paramref name="Delimiter"/> into values for <paramref name="Keys"/>; the last
    /// key takes the rest, delimiters included.
    /// </summary>
    public sealed record Text(IReadOnlyList<string> Keys, string Delimiter) : MessageParser;
}

/// <param name="Key">The name of the field in the message; one that begins with <c>/</c> is a JSON pointer.</param>
/// <param name="IsRequired">True when a message without it is parked.</param>
public sealed record MappedField(string Key, bool IsRequired = false)
{
    /// <summary>The id of the item.</summary>
    public const string Uuid = "uuid";

    /// <summary>The location of the content.</summary>
    public const string DataLocation = "data_location";

    /// <summary>The location of the metadata.</summary>
    public const string MetaLocation = "meta_location";

    /// <summary>The metadata itself: an object, or a text that holds one.</summary>
    public const string Metadata = "metadata";

    /// <summary>The media type of the content.</summary>
    public const string MediaType = "type";
}

/// <summary>
/// The way to the media type inside the metadata: keys, outermost first. A way that <paramref name="Separator"/> does
/// not find is tried once more with the full stop as the separator, so that <c>mime.type</c> is the key of that name or
/// the field <c>type</c> of <c>mime</c>.
/// </summary>
public sealed record MimePath(string Path, string Separator = ".");

using System.Reflection;

namespace Tributary.Rounds.Calls;

/// <summary>Combines the arguments of one-way calls of one method: see <see cref="MergeCallsAttribute"/>.</summary>
public abstract class Merger
{
    /// <summary>A copy of <paramref name="argument"/> that absorbs others.</summary>
    public abstract object Fork(object argument);

    public abstract void Absorb(object into, object argument);

    internal static Merger For(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var type = parameters.Length == 1 ? parameters[0].ParameterType : null;
        if (type is null
            || !Array.Exists(type.GetInterfaces(), i =>
                i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IMergeable<>)))
            throw new ArgumentException(
                $"{method.DeclaringType?.Name}.{method.Name} merges its calls, so it takes exactly one IMergeable "
                + "argument.");

        return (Merger)Activator.CreateInstance(typeof(Merger<>).MakeGenericType(type))!;
    }
}

/// <inheritdoc/>
public sealed class Merger<T> : Merger where T : IMergeable<T>
{
    public override object Fork(object argument) => ((T)argument).Fork();

    public override void Absorb(object into, object argument) => ((T)into).Absorb((T)argument);
}

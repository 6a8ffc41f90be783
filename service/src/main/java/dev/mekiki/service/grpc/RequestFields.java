package dev.mekiki.service.grpc;

import java.util.HashMap;
import java.util.Map;

/**
 * What the domain's fields are called in one kind of request, so that a caller is told the name of what was sent.
 *
 * @param prefix of every name, for requests within requests: empty, or ending with a dot
 * @param names by the domain's name, or by its first part: {@code label} stands for {@code label.main} and
 *     {@code label.sub} as well. Where the value ends with a dot, the parts after the first are kept. What is not here
 *     has the same name in both
 */
record RequestFields(String prefix, Map<String, String> names) {

    /** Nothing is called otherwise, except that an image has no parts on the wire. */
    static final RequestFields AS_THEY_ARE = new RequestFields("", Map.of("image", "image"));

    RequestFields {
        names = Map.copyOf(names);
    }

    /** The same, but for one name. */
    RequestFields with(String domain, String proto) {
        Map<String, String> more = new HashMap<>(names);
        more.put(domain, proto);
        return new RequestFields(prefix, more);
    }

    /** The same within a field of another message. */
    RequestFields within(String field) {
        return new RequestFields(field + "." + prefix, names);
    }

    /** The request's name of a field of the domain. */
    String named(String domainField) {
        String whole = names.get(domainField);
        if (whole != null) {
            return prefix + whole;
        }
        int dot = domainField.indexOf('.');
        String first = dot < 0 ? domainField : domainField.substring(0, dot);
        String name = names.get(first);
        if (name == null) {
            return prefix + domainField;
        }
        return prefix + (name.endsWith(".") ? name + domainField.substring(dot + 1) : name);
    }
}
